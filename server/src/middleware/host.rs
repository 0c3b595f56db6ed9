//! One name for each request. Where a proxy goes by the first of two and we by the second, a cache or a rule in front of us
//! stands for another request than the one that is answered.

use axum::{
    extract::Request,
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use http::{HeaderMap, Uri, Version, header, uri::Authority};

use crate::problem::ProblemResponse;

/// Refuses a request that names no host, several, or two that differ (RFC 9112, section 3.2; RFC 9113, section 8.3.1).
pub(crate) async fn refuse_unclear_host(request: Request, next: Next) -> Response {
    if is_clear(request.version(), request.uri(), request.headers()) {
        next.run(request).await
    } else {
        ProblemResponse::invalid("Name the host once.").into_response()
    }
}

fn is_clear(version: Version, uri: &Uri, headers: &HeaderMap) -> bool {
    let mut hosts = headers.get_all(header::HOST).iter();
    let (host, other) = (hosts.next(), hosts.next());
    let authority = uri.authority().map(Authority::as_str);
    match (host, authority) {
        _ if other.is_some() => false,
        // Of a whole address in the first line of HTTP/1.1 the address counts, whatever the header says.
        (Some(host), Some(authority)) if version >= Version::HTTP_2 => {
            host.as_bytes().eq_ignore_ascii_case(authority.as_bytes())
        }
        (None, None) => version < Version::HTTP_11,
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn a_request_names_one_host() {
        let clear = |version, uri: &'static str, hosts: &[&'static str]| {
            let mut headers = HeaderMap::new();
            for host in hosts {
                headers.append(header::HOST, HeaderValue::from_static(host));
            }
            is_clear(version, &Uri::from_static(uri), &headers)
        };
        for version in [Version::HTTP_11, Version::HTTP_2] {
            assert!(!clear(version, "/", &[]));
            assert!(clear(version, "/", &["a.test"]));
            assert!(!clear(version, "/", &["a.test", "b.test"]));
            assert!(!clear(version, "/", &["a.test", "a.test"]));
            assert!(clear(version, "http://a.test/", &[]));
        }
        assert!(clear(Version::HTTP_10, "/", &[]), "it knows no hosts");
        assert!(clear(Version::HTTP_11, "http://a.test/", &["b.test"]));
        assert!(clear(Version::HTTP_2, "http://a.test/", &["A.test"]));
        assert!(!clear(Version::HTTP_2, "http://a.test/", &["b.test"]));
    }
}
