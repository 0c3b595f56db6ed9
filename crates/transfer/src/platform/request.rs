//! A request to the server's API and its answer, as the engine sees them.

use sealdrop_api::{Method, OwnerToken};

/// A request to the server's API.
#[derive(Debug, Clone)]
pub struct ApiRequest {
    /// The method.
    pub method: Method,
    /// Path and query, starting with `/api/v1`.
    pub path: String,
    /// Value of the header [`sealdrop_api::TOKEN_HEADER`], where the route needs it.
    pub token: Option<OwnerToken>,
    /// JSON, to be sent as `application/json`. It may hold a bearer: never logged.
    pub body: Option<JsonBody>,
}

/// The text of a JSON body; redacted in `Debug`, since it may hold a bearer.
#[derive(Clone)]
pub struct JsonBody(pub String);

impl core::fmt::Debug for JsonBody {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "JsonBody({} bytes)", self.0.len())
    }
}

/// The server's answer.
#[derive(Debug, Clone)]
pub struct ApiResponse {
    /// HTTP status.
    pub status: u16,
    /// Seconds of the header `Retry-After`, if there is one.
    pub retry_after: Option<u64>,
    /// The body.
    pub body: Vec<u8>,
}
