//! Addresses to which the next parts are sent.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::{
    endpoint::{Endpoint, Method},
    ids::ObjectId,
};

/// Body of `POST uploads/{object_id}/urls`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PartsToSign {
    /// At most 16, each once.
    #[cfg_attr(feature = "openapi", schema(min_items = 1, max_items = 16))]
    pub parts: Vec<PartToSign>,
}

/// A part that is about to be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PartToSign {
    /// Its number, from 1.
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 10_000))]
    #[serde(deserialize_with = "crate::integer::whole")]
    pub n: u32,
    /// Its exact bytes; they are signed.
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 5_368_709_120_u64))]
    #[serde(deserialize_with = "crate::integer::whole")]
    pub len: u64,
}

/// `POST uploads/{object_id}/urls`: presigned PUTs for the next parts.
#[derive(Debug, Clone)]
pub struct SignParts {
    /// Which upload.
    pub object_id: ObjectId,
    /// The body.
    pub body: PartsToSign,
}

impl Endpoint for SignParts {
    const METHOD: Method = Method::Post;
    const PATH: &'static str = "/api/v1/uploads/{object_id}/urls";
    type Body = PartsToSign;
    type Response = PartUrls;

    fn path(&self) -> String {
        format!("/api/v1/uploads/{}/urls", self.object_id)
    }
    fn body(&self) -> &PartsToSign {
        &self.body
    }
}

/// Answer of `POST uploads/{object_id}/urls`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PartUrls {
    /// One for each part that was asked for, in that order. Where there is not room for all of them the last ones are left
    /// out, never all: ask again when these are sent.
    pub urls: Vec<PartUrl>,
}

/// A presigned PUT of one part.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PartUrl {
    /// The part's number.
    pub n: u32,
    /// Absolute, or starting with `/` on the embedded bucket: resolve it against the server's address.
    pub url: String,
    /// When it stops working.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub expires_at: OffsetDateTime,
}

impl std::fmt::Debug for PartUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "PartUrl {{ n: {}, url: (redacted), expires_at: {} }}",
            self.n, self.expires_at
        )
    }
}
