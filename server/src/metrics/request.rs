//! One request more. Its route is the template that the router matched, never the path that a client sent.

use std::time::Duration;

use http::{Method, StatusCode};
use metrics::{counter, histogram};

use super::list::{CLASSES, REQUEST_SECONDS, REQUESTS};

/// Counts an answered request; `route` is what the router matched, if anything.
pub(crate) fn count_request(route: Option<&str>, method: &Method, status: StatusCode, took: Duration) {
    let route = route.unwrap_or("other").to_owned();
    let method = name_of(method);
    let class = usize::from(status.as_u16() / 100).saturating_sub(1);
    let class = CLASSES.get(class).copied().unwrap_or("5xx");
    histogram!(REQUEST_SECONDS, "route" => route.clone(), "method" => method).record(took.as_secs_f64());
    counter!(REQUESTS, "route" => route, "method" => method, "status" => class).increment(1);
}

/// A client may send any word as a method.
fn name_of(method: &Method) -> &'static str {
    match *method {
        Method::GET => "get",
        Method::HEAD => "head",
        Method::POST => "post",
        Method::PUT => "put",
        Method::PATCH => "patch",
        Method::DELETE => "delete",
        Method::OPTIONS => "options",
        _ => "other",
    }
}
