//! Permits are shared among clients first, then among the objects of one client.

use std::sync::Arc;

use s3s::S3Request;

use crate::client::Client;

/// The client that asks for a permit, and the object it is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::protocol) struct Claimant {
    pub(super) client: Option<Client>,
    pub(super) object: Arc<str>,
    /// The signature of a presigned URL, which may be used any number of times.
    pub(super) address: Option<Arc<str>>,
}

impl Claimant {
    pub(in crate::protocol) fn of<T>(request: &S3Request<T>, key: &str) -> Self {
        let query = request.uri.query().unwrap_or("");
        let signature = query.split('&').find_map(|pair| pair.strip_prefix("X-Amz-Signature="));
        Self {
            client: request.extensions.get::<Client>().copied(),
            object: key.into(),
            address: signature.map(Into::into),
        }
    }

    /// Whether it came by a presigned URL, and not with a signature in its headers.
    pub(in crate::protocol) fn is_presigned(&self) -> bool {
        self.address.is_some()
    }
}
