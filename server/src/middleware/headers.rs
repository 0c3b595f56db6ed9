//! Headers that every response carries.

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use http::{HeaderName, HeaderValue, header};

use super::csp::DATA_POLICY;
use crate::config::{Hsts, Http};

static ALWAYS: [(HeaderName, HeaderValue); 5] = [
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        HeaderValue::from_static("same-origin"),
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        HeaderValue::from_static("same-origin"),
    ),
    (
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static("camera=(), microphone=(), geolocation=(), payment=(), usb=(), interest-cohort=()"),
    ),
    (
        HeaderName::from_static("reporting-endpoints"),
        HeaderValue::from_static("csp=\"/_csp\""),
    ),
];

/// Defaults where the response sets nothing else: it is not cached, names no address to others, and loads nothing.
static UNLESS_SAID: [(HeaderName, HeaderValue); 3] = [
    (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    (header::CONTENT_SECURITY_POLICY, DATA_POLICY),
];

/// What `Strict-Transport-Security` says: two years, and as much else as the operator chose. Nothing for an address, which
/// browsers would not heed (RFC 6797, section 8.1.1), and nothing over plain http.
pub(crate) fn hsts(http: &Http) -> Option<HeaderValue> {
    let host = http.public_url.as_ref().filter(|_| http.is_https())?.domain();
    host.and(match http.hsts {
        Hsts::Off => None,
        Hsts::Host => Some(HeaderValue::from_static("max-age=63072000")),
        Hsts::Subdomains => Some(HeaderValue::from_static("max-age=63072000; includeSubDomains")),
        Hsts::Preload => Some(HeaderValue::from_static("max-age=63072000; includeSubDomains; preload")),
    })
}

pub(crate) async fn set_headers(State(hsts): State<Option<HeaderValue>>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in &ALWAYS {
        headers.insert(name, value.clone());
    }
    for (name, value) in &UNLESS_SAID {
        headers.entry(name).or_insert_with(|| value.clone());
    }
    if let Some(hsts) = hsts {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, hsts);
    }
    response
}
