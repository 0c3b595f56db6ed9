//! The bucket: one S3 client for the server's own calls, and the signing of URLs for clients.
//!
//! Only this module names the AWS SDK. Whatever the bucket is (the embedded one, AWS, Wasabi, SeaweedFS), it sees path-style
//! requests, multipart uploads, and no checksum header that it did not ask for.

mod client;
mod clock_skew;
mod failure;
mod mark;
mod multipart;
mod objects;
mod probe;
mod sign;

pub(crate) use client::{Bucket, COMPLETE_PATIENCE};
pub(crate) use clock_skew::Health;
pub(crate) use failure::BucketError;
pub(crate) use mark::Mark;
pub(crate) use multipart::{ListedPart, PartPage, UnfinishedMarker, UnfinishedUpload};
pub(crate) use objects::OBJECTS;
pub use probe::{BucketProbe, ProbeError};
