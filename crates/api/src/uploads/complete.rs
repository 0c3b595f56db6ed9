//! Putting the parts of an upload together.

use serde::{Deserialize, Serialize};

use super::UploadState;
use crate::{Endpoint, Method, ObjectId};

/// Body of `POST uploads/{object_id}/complete`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PartsSent {
    /// Sealed bytes of the whole object.
    pub sealed_len: u64,
    /// Every part with the `ETag` of the attempt whose digest the client kept.
    pub parts: Vec<SentPart>,
}

/// A part as the client knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SentPart {
    /// Its number, from 1.
    pub n: u32,
    /// Its `ETag`, with the quotes.
    pub etag: String,
}

/// `POST uploads/{object_id}/complete`: put the parts together. 202 while that goes on (poll [`GetUpload`](super::GetUpload)), 200 when committed.
#[derive(Debug, Clone)]
pub struct CompleteUpload {
    /// Which upload.
    pub object_id: ObjectId,
    /// The body.
    pub body: PartsSent,
}

impl Endpoint for CompleteUpload {
    const METHOD: Method = Method::Post;
    const PATH: &'static str = "/api/v1/uploads/{object_id}/complete";
    type Body = PartsSent;
    type Response = UploadProgress;

    fn path(&self) -> String {
        format!("/api/v1/uploads/{}/complete", self.object_id)
    }
    fn body(&self) -> &PartsSent {
        &self.body
    }
}

/// Answer of `POST uploads/{object_id}/complete`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UploadProgress {
    /// Where it stands.
    pub state: UploadState,
}
