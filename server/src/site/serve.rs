//! Answers with a file of the site, if the path names one.

use axum::{
    body::Body,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderValue, StatusCode, header};

use super::{Site, encoding::Accepted};
use crate::middleware::csp::Policy;

/// `no-transform`: pages ask for the hash of what they load, so a proxy that rewrites scripts would stop them.
const FOR_GOOD: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable, no-transform");
const ASK_AGAIN: HeaderValue = HeaderValue::from_static("no-cache");

pub(crate) async fn serve_file(site: &Site, policy: &Policy, path: &str, headers: &HeaderMap) -> Option<Response> {
    let found = site.find(path, Accepted::read(headers)).await?;
    let is_known = headers
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .any(|value| matches(value, &found.etag));
    let mut response = if is_known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let mut response = Body::from(found.body).into_response();
        response.headers_mut().insert(header::CONTENT_TYPE, found.content_type);
        if let Some(encoding) = found.encoding {
            response
                .headers_mut()
                .insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
        }
        response
    };
    let answer = response.headers_mut();
    answer.insert(header::ETAG, found.etag);
    answer.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    answer.insert(
        header::CACHE_CONTROL,
        if found.is_immutable { FOR_GOOD } else { ASK_AGAIN },
    );
    if let Some(policy) = policy.for_file() {
        answer.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    Some(response)
}

/// Weak comparison (RFC 9110, section 13.1.2): a cache may have weakened the tag.
fn matches(value: &HeaderValue, etag: &HeaderValue) -> bool {
    let (Ok(value), Ok(etag)) = (value.to_str(), etag.to_str()) else {
        return false;
    };
    value
        .split(',')
        .map(str::trim)
        .any(|one| one == "*" || one.strip_prefix("W/").unwrap_or(one) == etag)
}
