//! One address for every page: other spellings of a path are redirected to it.
//!
//! A router of the server and one of the browser would read `/d/ID/` or `//security` each in its own way, and the page would
//! be drawn twice differently. The redirect names a path without an authority: it stays on the origin that the reader used,
//! and a browser takes the fragment, which holds the key of a link, along.

use axum::{
    extract::Request,
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use http::{HeaderValue, Method, StatusCode, Uri, header};

/// The API, the bucket and the built files: their clients write paths as they were given, and a signature covers every letter of
/// an address.
const AS_WRITTEN: [&str; 3] = ["/api", "/blobs", "/pkg"];
/// The pages of links: no query means anything there, and what mail programs and networks add to follow people is dropped.
const LINKS: &str = "/d/";
/// `#` and `%`, escaped. In the address of a link they tell that a mail program wrote the key into it: only the page can put that
/// right, and no answer repeats it.
const OF_A_KEY: [&str; 2] = ["%23", "%25"];

pub(crate) async fn redirect_to_canonical(request: Request, next: Next) -> Response {
    if matches!(*request.method(), Method::GET | Method::HEAD)
        && let Some(address) = canonical(request.uri())
        && let Ok(location) = HeaderValue::from_str(&address)
    {
        return (StatusCode::PERMANENT_REDIRECT, [(header::LOCATION, location)]).into_response();
    }
    next.run(request).await
}

/// The one address of what this one names; `None` if it is that one, or none that is ours to spell.
fn canonical(uri: &Uri) -> Option<String> {
    let path = uri.path();
    let is_below = |root: &str| {
        path.strip_prefix(root)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    // A mail program wrote `%23` for the `#` of a link: its key is in here, which no header may repeat and only the page puts right.
    let holds_key = path.contains(LINKS) && uri.path_and_query().is_some_and(|all| is_escaped_sign(all.as_str()));
    // Browsers read `\` as `/`, and `/\host` as another host.
    if AS_WRITTEN.iter().any(|root| is_below(root)) || path.contains('\\') || holds_key {
        return None;
    }
    let mut address = String::with_capacity(path.len());
    for segment in path.split('/').filter(|segment| !segment.is_empty()) {
        address.push('/');
        push_decoded(&mut address, segment);
    }
    if address.is_empty() {
        address.push('/');
    }
    let is_link = address.starts_with(LINKS);
    if is_link
        && uri
            .path_and_query()
            .is_some_and(|all| OF_A_KEY.iter().any(|escape| all.as_str().contains(escape)))
    {
        return None;
    }
    let query = uri.query().filter(|_| !is_link);
    if address == path && query == uri.query() {
        return None;
    }
    if let Some(query) = query {
        address.push('?');
        address.push_str(query);
    }
    Some(address)
}

/// Whether an address has a `#` that was escaped, once or more often.
fn is_escaped_sign(address: &str) -> bool {
    address
        .split('%')
        .skip(1)
        .any(|behind| behind.starts_with("23") || behind.starts_with("25"))
}

/// A segment in which letters that need no escape have none (RFC 3986, section 2.3). A dot keeps its own: two would climb.
fn push_decoded(address: &mut String, segment: &str) {
    let mut rest = segment;
    while let Some(at) = rest.find('%') {
        let (before, escape) = rest.split_at(at);
        address.push_str(before);
        let plain = escape
            .get(1..3)
            .and_then(|digits| u8::from_str_radix(digits, 16).ok())
            .filter(|byte| byte.is_ascii_alphanumeric() || b"-_~".contains(byte));
        let taken = if let Some(plain) = plain {
            address.push(char::from(plain));
            3
        } else {
            address.push('%');
            1
        };
        rest = escape.get(taken..).unwrap_or_default();
    }
    address.push_str(rest);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(address: &str) -> Option<String> {
        canonical(&address.parse().expect("an address"))
    }

    #[test]
    fn x06_every_spelling_has_one_address() {
        for (written, right) in [
            ("/security/", "/security"),
            ("/security//", "/security"),
            ("//security", "/security"),
            ("//", "/"),
            ("/tomorrow/page/", "/tomorrow/page"),
            ("/tomorrow//page", "/tomorrow/page"),
            ("/%73ecurity", "/security"),
            ("/sent/?page=2", "/sent?page=2"),
            ("/d/a-b/", "/d/a-b"),
            ("//d//a-b", "/d/a-b"),
            ("/d/a%2Db", "/d/a-b"),
            ("/d/a%2db%5F", "/d/a-b_"),
        ] {
            assert_eq!(of(written).as_deref(), Some(right), "{written}");
            assert_eq!(of(right), None, "{right} stays");
        }
    }

    #[test]
    fn x07_a_query_of_a_link_is_dropped() {
        for written in ["/d/ID?fbclid=x", "/d/ID/?x=1", "/d/ID?", "/d//ID/?a=b&c"] {
            assert_eq!(of(written).as_deref(), Some("/d/ID"), "{written}");
        }
        assert_eq!(of("/?x=1"), None);
    }

    #[test]
    fn x07_no_redirect_repeats_a_key() {
        for written in [
            "/d/ID%23KEY",
            "/d/ID%23KEY/",
            "/d/ID/%23KEY",
            "/d/ID%2523KEY%2D",
            "/d/ID?fbclid=x%23KEY",
            "/d/ID/?x=1%2523KEY",
            "//d/ID%23KEY",
        ] {
            assert_eq!(of(written), None, "{written}");
        }
        assert_eq!(of("/tomorrow/%23x/").as_deref(), Some("/tomorrow/%23x"));
    }

    #[test]
    fn x11_the_key_of_a_link_stays_out_of_headers() {
        for written in [
            "/d/ID%23key",
            "/d/ID%23k%2Dy/",
            "/d/ID%2523key/",
            "/d//ID/%23key",
            "//d/ID%23key",
            "/d/ID%23key?fbclid=x",
            "/d/ID/?fbclid=x%23key",
        ] {
            assert_eq!(of(written), None, "{written}");
        }
    }

    #[test]
    fn x06_no_redirect_leads_elsewhere() {
        for (written, right) in [
            ("//host.example/x/", Some("/host.example/x")),
            ("///host.example", Some("/host.example")),
            ("/\\host.example/", None),
            ("//\\host.example/", None),
            ("/%5Chost.example/", Some("/%5Chost.example")),
            ("/%2F/host.example", None),
            ("/%2f/", Some("/%2f")),
            ("/%2e%2e/x/", Some("/%2e%2e/x")),
            ("/%/x/", Some("/%/x")),
            ("/%4/", Some("/%4")),
            ("/%+1/", Some("/%+1")),
        ] {
            assert_eq!(of(written).as_deref(), right, "{written}");
        }
        for written in [
            "/api/v1/limits/",
            "/api//x",
            "/api/",
            "/blobs/a//b/",
            "/blobs/?list-type=2",
            "/pkg/",
        ] {
            assert_eq!(of(written), None, "{written}: as it is written");
        }
    }
}
