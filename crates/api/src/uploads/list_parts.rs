//! The parts that the bucket has of an upload.

use serde::{Deserialize, Serialize};

use crate::{
    endpoint::{Endpoint, Method, NoBody},
    ids::ObjectId,
};

/// `GET uploads/{object_id}/parts`: what the bucket lists (never what a client remembers).
#[derive(Debug, Clone)]
pub struct ListParts {
    /// Which upload.
    pub object_id: ObjectId,
    /// Parts with a larger number than this; 0 from the start.
    pub after: u32,
}

impl Endpoint for ListParts {
    const METHOD: Method = Method::Get;
    const PATH: &'static str = "/api/v1/uploads/{object_id}/parts";
    type Body = NoBody;
    type Response = PartList;

    fn path(&self) -> String {
        format!("/api/v1/uploads/{}/parts?after={}", self.object_id, self.after)
    }
    fn body(&self) -> &NoBody {
        &NoBody
    }
}

/// Answer of `GET uploads/{object_id}/parts`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PartList {
    /// In ascending order, at most 1,000.
    pub parts: Vec<StoredPart>,
    /// What to ask `after` for the next page; null at the end.
    pub next: Option<u32>,
}

/// A part as the bucket has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StoredPart {
    /// Its number, from 1.
    pub n: u32,
    /// Its bytes.
    pub len: u64,
    /// Its `ETag`, with the quotes.
    pub etag: String,
}
