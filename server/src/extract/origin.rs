//! The origin under which the client reached us, for pages that show it.

use http::{HeaderMap, Uri, header};
use sealdrop_service::Origin;

use crate::state::AppState;

/// `SEALDROP_PUBLIC_URL`, else what the request was sent to.
pub(crate) fn used_origin(uri: &Uri, headers: &HeaderMap, state: &AppState) -> Option<Origin> {
    if let Some(public) = &state.outside.public {
        return Some(public.clone());
    }
    Origin::new("http", asked_for(uri, headers)?).ok()
}

/// The authority that a request names, as it spells it: HTTP/2 has it in the target, HTTP/1.1 in the header.
pub(crate) fn asked_for<'a>(uri: &'a Uri, headers: &'a HeaderMap) -> Option<&'a str> {
    let authority = uri.authority().map(http::uri::Authority::as_str);
    authority.or_else(|| headers.get(header::HOST).and_then(|value| value.to_str().ok()))
}
