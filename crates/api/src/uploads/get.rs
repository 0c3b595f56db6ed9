//! Looking how an upload stands.

use serde::{Deserialize, Serialize};

use super::state::{AbortReason, UploadState};
use crate::{
    endpoint::{Endpoint, Method, NoBody},
    ids::ObjectId,
};

/// `GET uploads/{object_id}`.
#[derive(Debug, Clone)]
pub struct GetUpload {
    /// Which one.
    pub object_id: ObjectId,
}

impl Endpoint for GetUpload {
    const METHOD: Method = Method::Get;
    const PATH: &'static str = "/api/v1/uploads/{object_id}";
    type Body = NoBody;
    type Response = UploadStatus;

    fn path(&self) -> String {
        format!("/api/v1/uploads/{}", self.object_id)
    }
    fn body(&self) -> &NoBody {
        &NoBody
    }
}

/// Answer of `GET uploads/{object_id}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UploadStatus {
    /// Where it stands.
    pub state: UploadState,
    /// Sealed bytes as announced, or as completed for a pipe.
    pub sealed_len: Option<u64>,
    /// Sealed bytes of every part but the last.
    pub part_len: u64,
    /// Why it was given up, if it was.
    pub reason: Option<AbortReason>,
}
