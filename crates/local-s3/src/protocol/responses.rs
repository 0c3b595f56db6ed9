//! Marks an answer as the bytes of an object, so that its headers are ours whatever the request asked for.

use s3s::S3Response;

/// Carried in the extensions of a response.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ObjectResponse;

pub(super) fn object_response<T>(output: T) -> S3Response<T> {
    let mut response = S3Response::new(output);
    response.extensions.insert(ObjectResponse);
    response
}
