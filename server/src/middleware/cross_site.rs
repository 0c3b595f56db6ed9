//! What changes something is asked for by our own pages, or by no browser.
//!
//! A page of another site can make its visitor's browser send almost anything here, with `no-cors` and without hearing the
//! answer: it would use up what its visitor may guess, send and keep open. Browsers say who asks, in `Sec-Fetch-Site`
//! (W3C Fetch Metadata), and where that is not sent, which is so over plain http, in `Origin` (RFC 6454, section 7).
//! Neither can be chosen by a page. What sends neither, and no cookie, is no browser: the command line, a script, a webhook. With a
//! cookie, or after `Origin: null`, it may be one that hides where a request comes from, and is refused. An access token is a
//! proof of its own: no page of another site can send one, and no cookie is read beside it.
//!
//! The layer stands before everything that counts. The embedded bucket is outside of it: its requests carry a signature for
//! exactly what they do, which is their proof, and S3 answers pages of any origin by design.

use axum::{
    extract::{MatchedPath, Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, Uri, header};
use sealdrop_api::ProblemType;
use sealdrop_service::{Origin, UNSUBSCRIBE_PATH};

use super::csp::REPORT_PATH;
use crate::{
    extract::{asked_for, has_access_token, is_browser},
    payments::WEBHOOK_PATH,
    problem::ProblemResponse,
    state::AppState,
};

/// Routes that accept requests from any origin, each with the reason why that is harmless.
const EXCEPTIONS: &[(&str, &str)] = &[
    (
        REPORT_PATH,
        "browsers send reports by themselves, some in the name of a page without an origin; they are counted by kind and kept nowhere",
    ),
    (
        UNSUBSCRIBE_PATH,
        "mail programs post there, some of them in a browser; no cookie is read, and the address holds a proof that no page has",
    ),
    (
        WEBHOOK_PATH,
        "each body carries the payment provider's signature, which no page can make; no cookie is read",
    ),
];

/// Refuses what a page of another site sent.
pub(crate) async fn refuse_cross_site(State(state): State<AppState>, request: Request, next: Next) -> Response {
    // The route as it was declared, and not how a path begins.
    let route = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str);
    let is_exception = || EXCEPTIONS.iter().any(|(exception, _)| Some(*exception) == route);
    let public = state.outside.public.as_ref();
    if request.method().is_safe() || is_exception() || is_own(request.uri(), request.headers(), public) {
        return next.run(request).await;
    }
    ProblemResponse::from(ProblemType::CrossSite).into_response()
}

fn is_own(uri: &Uri, headers: &HeaderMap, public: Option<&Origin>) -> bool {
    if has_access_token(headers) {
        return true;
    }
    match (headers.get("sec-fetch-site"), headers.get(header::ORIGIN)) {
        (Some(site), _) => site.as_bytes() == b"same-origin",
        (None, Some(origin)) => origin
            .to_str()
            .is_ok_and(|origin| is_this_server(origin, asked_for(uri, headers), public)),
        (None, None) => !is_browser(headers),
    }
}

/// Whether an origin is the one that was asked for, or the public one. A proxy may have ended TLS, so the scheme is its own.
fn is_this_server(origin: &str, asked: Option<&str>, public: Option<&Origin>) -> bool {
    let Some((scheme, authority)) = origin.split_once("://") else {
        return false;
    };
    let Ok(origin) = Origin::new(scheme, authority) else {
        return false;
    };
    let asked = asked.and_then(|asked| Origin::new(scheme, asked).ok());
    public == Some(&origin) || asked == Some(origin)
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn allowed(headers: &[(&'static str, &'static str)]) -> bool {
        let mut map = HeaderMap::new();
        map.insert(header::HOST, HeaderValue::from_static("drop.test"));
        for (name, value) in headers {
            map.insert(*name, HeaderValue::from_static(value));
        }
        let public = Origin::new("https", "public.test").expect("an origin");
        is_own(&Uri::from_static("/api/v1/uploads"), &map, Some(&public))
    }

    #[test]
    fn n09_a08_r23_who_asks_is_told_by_what_no_page_chooses() {
        for own in [
            &[][..],
            &[("sec-fetch-mode", "cors")],
            &[("sec-fetch-site", "same-origin")],
            &[("authorization", "Bearer sd_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")],
            &[("origin", "https://drop.test")],
            &[("origin", "https://drop.test:443")],
            &[("origin", "http://drop.test")],
            &[("origin", "https://public.test")],
            &[("sec-fetch-site", "same-origin"), ("origin", "https://behind.a.proxy")],
        ] {
            assert!(allowed(own), "{own:?}");
        }
        for other in [
            &[("sec-fetch-site", "cross-site")][..],
            &[("sec-fetch-site", "same-site")],
            &[("sec-fetch-site", "SAME-ORIGIN")],
            &[("sec-fetch-site", "cross-site"), ("origin", "https://drop.test")],
            &[("origin", "https://evil.test")],
            &[("origin", "https://drop.test.evil.test")],
            &[("origin", "https://drop.test:8443")],
            &[("origin", "http://public.test")],
            &[("origin", "null")],
            &[("origin", "")],
            &[("sec-fetch-site", "none")],
            &[("cookie", "session=x")],
            &[("sec-fetch-mode", "navigate")],
            &[("sec-fetch-mode", "no-cors")],
            &[("sec-fetch-mode", "cors"), ("origin", "https://evil.test")],
            &[("sec-fetch-mode", "cors"), ("cookie", "session=x")],
            &[("cookie", "session=x"), ("origin", "null")],
            &[("cookie", "session=x"), ("authorization", "Basic Zm9vOmJhcg==")],
            &[("cookie", "session=x"), ("authorization", "Bearer x")],
        ] {
            assert!(!allowed(other), "{other:?}");
        }
    }
}
