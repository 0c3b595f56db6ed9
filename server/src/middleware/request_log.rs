//! One log line a request: method, route, status, time. Never a query string (it may be a signature), a header or a body.

use axum::{
    extract::{MatchedPath, Request},
    middleware::Next,
    response::Response,
};
use http::{HeaderName, HeaderValue};
use tokio::time::Instant;
use tracing::Instrument as _;

use crate::metrics::request::count_request;

pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

pub(crate) async fn log_request(request: Request, next: Next) -> Response {
    let began = Instant::now();
    let id = make_request_id();
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

/// Ours always, never the client's: a log line's id must not be something that a stranger chose.
fn make_request_id() -> String {
    let mut bytes = [0; 8];
    // Without randomness an id is not worth failing a request for.
    let _ = getrandom::fill(&mut bytes);
    format!("{:016x}", u64::from_be_bytes(bytes))
}
