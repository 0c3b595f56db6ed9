//! The origin under which the client reached us: URLs of the embedded bucket are signed for it.

use axum::extract::FromRequestParts;
use http::{HeaderMap, Uri, header, request::Parts};
use sealdrop_service::Origin;

use crate::{problem::Refusal, state::AppState};

/// `SEALDROP_PUBLIC_URL`, else what the request was sent to.
pub(crate) struct UsedOrigin(pub(crate) Origin);

impl FromRequestParts<AppState> for UsedOrigin {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Refusal> {
        used_origin(&parts.uri, &parts.headers, state)
            .map(Self)
            .ok_or_else(|| Refusal::invalid("The request names no host."))
    }
}

/// The same for whoever holds a request otherwise.
pub(crate) fn used_origin(uri: &Uri, headers: &HeaderMap, state: &AppState) -> Option<Origin> {
    if let Some(public) = &state.outside.public {
        return Some(public.clone());
    }
    // HTTP/2 has the authority in the target, HTTP/1.1 in the header.
    let authority = uri.authority().map(http::uri::Authority::as_str);
    let host = || headers.get(header::HOST).and_then(|value| value.to_str().ok());
    authority
        .or_else(host)
        .and_then(|authority| Origin::new("http", authority).ok())
}
