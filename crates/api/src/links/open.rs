//! What the holder of a link may do: open it.

use crate::{
    base64url::SealedBytes,
    endpoint::{Endpoint, Method},
    ids::{LinkId, ObjectId},
    secrets::LinkAuth,
};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

/// Body of the requests that need nothing but the bearer: `open`, a claim's `commit`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Proof {
    /// The bearer.
    pub auth: LinkAuth,
}

/// `POST links/{link_id}/open`: the sealed payload. Counts nothing.
#[derive(Debug, Clone)]
pub struct OpenLink {
    /// Which one.
    pub link_id: LinkId,
    /// The body.
    pub body: Proof,
}

impl Endpoint for OpenLink {
    const METHOD: Method = Method::Post;
    const PATH: &'static str = "/api/v1/links/{link_id}/open";
    type Body = Proof;
    type Response = OpenedLink;

    fn path(&self) -> String {
        format!("/api/v1/links/{}/open", self.link_id)
    }
    fn body(&self) -> &Proof {
        &self.body
    }
}

/// Answer of `POST links/{link_id}/open`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OpenedLink {
    /// The sealed payload.
    pub payload: SealedBytes,
    /// Its revision, bound into it.
    pub rev: u64,
    /// When the link ends.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub expires_at: OffsetDateTime,
    /// Downloads that are left; those going on are not.
    pub downloads_left: u32,
    /// Downloads at most, as the sender set it.
    pub max_downloads: u32,
    /// Where the list of files is, when the payload is too small for it.
    pub manifest: Option<ObjectUrl>,
}

/// A presigned GET of one object.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ObjectUrl {
    /// Which object.
    pub object_id: ObjectId,
    /// Absolute, or starting with `/` on the embedded bucket: resolve it against the server's address.
    pub url: String,
    /// For `If-Match`, with the quotes.
    pub etag: String,
    /// Sealed bytes of the object.
    pub sealed_len: u64,
    /// When it stops working.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub expires_at: OffsetDateTime,
}

impl std::fmt::Debug for ObjectUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "ObjectUrl {{ object_id: {}, url: (redacted), sealed_len: {} }}",
            self.object_id, self.sealed_len
        )
    }
}
