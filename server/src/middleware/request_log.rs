//! One log line a request: method, route, status, time. Never a query string (it may be a signature), a header or a body.

use axum::{
    extract::{MatchedPath, Request, State},
    middleware::Next,
    response::Response,
};
use http::{HeaderMap, HeaderName, HeaderValue};
use tokio::time::Instant;
use tracing::Instrument as _;

use crate::metrics::request::count_request;

pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

pub(crate) async fn log_request(State(trusted_hops): State<usize>, request: Request, next: Next) -> Response {
    let began = Instant::now();
    let id = proxys_id(request.headers(), trusted_hops).unwrap_or_else(make_request_id);
    let method = request.method().clone();
    // The route as it was declared: a path that matches none is whatever a stranger typed, and not repeated.
    let matched = request.extensions().get::<MatchedPath>().cloned();
    let matched = matched.as_ref().map(MatchedPath::as_str);
    let route = matched.unwrap_or("-");
    let span = tracing::info_span!("request", id);
    let mut response = next.run(request).instrument(span.clone()).await;
    count_request(matched, &method, response.status(), began.elapsed());
    let status = response.status().as_u16();
    let milliseconds = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    span.in_scope(|| {
        if status >= 500 {
            tracing::warn!(target: "sealdrop_server::request", %method, route, status, milliseconds, "answered");
        } else {
            tracing::info!(target: "sealdrop_server::request", %method, route, status, milliseconds, "answered");
        }
    });
    if let Ok(id) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response
}

/// The id that our own proxy gave the request, so that its log and this one can be read together. Without a proxy of ours the header is
/// a stranger's; and also a proxy may pass on what a stranger sent, so it is short and of letters that are no more than an id.
fn proxys_id(headers: &HeaderMap, trusted_hops: usize) -> Option<String> {
    let mut all = headers.get_all(REQUEST_ID).iter();
    let (Some(id), None) = (all.next(), all.next()) else {
        return None;
    };
    let id = id.to_str().ok().filter(|id| (8..=64).contains(&id.len()))?;
    let is_plain = id
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
    (trusted_hops > 0 && is_plain).then(|| id.to_owned())
}

fn make_request_id() -> String {
    let mut bytes = [0; 8];
    // Without randomness an id is not worth failing a request for.
    let _ = getrandom::fill(&mut bytes);
    format!("{:016x}", u64::from_be_bytes(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn o33_an_id_is_a_proxys_and_nothing_else() {
        let of = |values: &[&str], hops| {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append(REQUEST_ID, HeaderValue::from_bytes(value.as_bytes()).expect("a value"));
            }
            proxys_id(&headers, hops)
        };
        let id = "4bf92f35-77b3_4da6";
        assert_eq!(of(&[id], 1).as_deref(), Some(id));
        assert_eq!(of(&[id], 0), None, "a stranger's");
        assert_eq!(of(&[], 1), None);
        assert_eq!(of(&[id, "another-id"], 1), None, "which one?");
        for wrong in [
            "short",
            "with space in it",
            "quote\"quote",
            "{\"a\":\"b\"}",
            "caf\u{e9}-caf\u{e9}",
            &"a".repeat(65),
        ] {
            assert_eq!(of(&[wrong], 1), None, "{wrong}");
        }
    }
}
