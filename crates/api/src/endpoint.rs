//! What a route is: method, path, body and answer in one type.

use serde::{Serialize, de::DeserializeOwned};

/// The HTTP methods that the API uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Method {
    /// Reads, changes nothing.
    Get,
    /// Makes or moves something on; repeatable, because ids come from the client.
    Post,
    /// Changes what is named.
    Patch,
    /// Ends what is named.
    Delete,
}

impl Method {
    /// The method's name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }

    /// Whether a request of this method carries a JSON body here.
    #[must_use]
    pub const fn has_body(self) -> bool {
        matches!(self, Self::Post | Self::Patch)
    }
}

/// One route of the API. A value of the type is a request to it.
pub trait Endpoint {
    /// The method.
    const METHOD: Method;
    /// The path with `{placeholders}`, as the router and the OpenAPI document have it.
    const PATH: &'static str;
    /// The JSON body; [`NoBody`] where there is none.
    type Body: Serialize;
    /// The JSON answer of a success; [`NoBody`] for 204.
    type Response: DeserializeOwned;

    /// The path of this request (placeholders and query filled in), starting with `/api/v1`.
    fn path(&self) -> String;
    /// The body of this request.
    fn body(&self) -> &Self::Body;
}

/// No body, and the answer of a route that has nothing to say (204).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoBody;

impl Serialize for NoBody {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_unit()
    }
}

impl<'de> serde::Deserialize<'de> for NoBody {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        serde::de::IgnoredAny::deserialize(deserializer).map(|_| Self)
    }
}
