//! Keeping room for an object.

use serde::{Deserialize, Serialize};

use super::state::UploadState;
use crate::{
    endpoint::{Endpoint, Method},
    ids::ObjectId,
};

/// Body of `POST uploads`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewUpload {
    /// Made by the client, never used before.
    pub object_id: ObjectId,
    /// Sealed bytes of the whole object; null for a pipe, whose length is not known yet.
    #[cfg_attr(feature = "openapi", schema(minimum = 172, maximum = 2_199_023_255_552_u64))]
    #[serde(deserialize_with = "crate::integer::optional", default)]
    pub sealed_len: Option<u64>,
    /// Sealed bytes of every part but the last: a multiple of 10 MiB.
    #[cfg_attr(
        feature = "openapi",
        schema(minimum = 10_485_760, maximum = 5_368_709_120_u64, multiple_of = 10_485_760)
    )]
    #[serde(deserialize_with = "crate::integer::whole")]
    pub part_len: u64,
}

/// `POST uploads`: keeps room for an object. Repeating it answers the same.
#[derive(Debug, Clone)]
pub struct ReserveUpload {
    /// The body.
    pub body: NewUpload,
}

impl Endpoint for ReserveUpload {
    const METHOD: Method = Method::Post;
    const PATH: &'static str = "/api/v1/uploads";
    type Body = NewUpload;
    type Response = UploadReserved;

    fn path(&self) -> String {
        Self::PATH.to_owned()
    }
    fn body(&self) -> &NewUpload {
        &self.body
    }
}

/// Answer of `POST uploads`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UploadReserved {
    /// The id, as sent.
    pub object_id: ObjectId,
    /// Where it stands.
    pub state: UploadState,
}
