//! Putting the parts of an upload together.

use serde::{Deserialize, Serialize};

use super::state::UploadState;
use crate::{
    endpoint::{Endpoint, Method},
    ids::ObjectId,
};

/// Body of `POST uploads/{object_id}/complete`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PartsSent {
    /// Sealed bytes of the whole object.
    #[cfg_attr(feature = "openapi", schema(minimum = 172, maximum = 2_199_023_255_552_u64))]
    #[serde(deserialize_with = "crate::integer::whole")]
    pub sealed_len: u64,
    /// Every part with the `ETag` of the attempt whose digest the client kept.
    #[cfg_attr(feature = "openapi", schema(min_items = 1, max_items = 10_000))]
    pub parts: Vec<SentPart>,
}

/// A part as the client knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SentPart {
    /// Its number, from 1.
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 10_000))]
    #[serde(deserialize_with = "crate::integer::whole")]
    pub n: u32,
    /// Its `ETag`, with the quotes.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 1_024))]
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

/// An `ETag` as the bucket made it: in quotes, and without what a proxy makes of it that compresses answers. It says `W/`, or
/// names the encoding behind; the bytes of a sealed object are the same all the same.
#[must_use]
pub fn strong_etag(text: &str) -> String {
    let text = text.trim();
    let text = text
        .strip_prefix("W/")
        .or_else(|| text.strip_prefix("w/"))
        .unwrap_or(text);
    let bare = text.trim_matches('"');
    let encoded = ["-gzip", ";gzip", "-br", "-zstd", "-deflate"];
    let bare = encoded.iter().find_map(|end| bare.strip_suffix(end)).unwrap_or(bare);
    format!("\"{bare}\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn x42_what_compresses_changes_no_etag() {
        for text in [
            "\"a1-2\"",
            "W/\"a1-2\"",
            "w/\"a1-2\"",
            "a1-2",
            "W/a1-2",
            "\"a1-2-gzip\"",
            "W/\"a1-2-br\"",
            " W/\"a1-2;gzip\" ",
        ] {
            assert_eq!(strong_etag(text), "\"a1-2\"", "{text}");
        }
        assert_eq!(
            strong_etag("\"W/x\""),
            "\"W/x\"",
            "inside the quotes it is part of the name"
        );
    }
}
