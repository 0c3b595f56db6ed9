//! What a request shows of its user: an access token, else a session's cookie.

use std::str::FromStr;

use http::{HeaderMap, header};
use sealdrop_api::AccessToken;
use sealdrop_service::Credentials;

use crate::cookies::Cookies;

/// What is there to look up. Where `Authorization` is sent, whatever it says, no cookie is read.
pub(crate) fn credentials_of(headers: &HeaderMap, cookies: Cookies) -> Credentials {
    if headers.contains_key(header::AUTHORIZATION) {
        return access_token(headers).map_or(Credentials::None, Credentials::Token);
    }
    cookie(headers, cookies.session()).map_or(Credentials::None, Credentials::Session)
}

/// Whether an access token is shown that could be one. No page of another site can send it.
pub(crate) fn has_access_token(headers: &HeaderMap) -> bool {
    access_token(headers).is_some()
}

fn access_token(headers: &HeaderMap) -> Option<AccessToken> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let (scheme, token) = values.next()?.to_str().ok()?.split_once(' ')?;
    let is_alone = values.next().is_none();
    let is_bearer = scheme.eq_ignore_ascii_case("bearer");
    token.trim().parse().ok().filter(|_| is_alone && is_bearer)
}

/// The value of a cookie. Two of the same name are none: which of them is ours cannot be known.
pub(crate) fn cookie<T: FromStr>(headers: &HeaderMap, name: &str) -> Option<T> {
    let lines = headers.get_all(header::COOKIE).iter();
    let pairs = lines
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'));
    let mut values = pairs.filter_map(|pair| {
        let (key, value) = pair.split_once('=')?;
        (key.trim() == name).then_some(value.trim())
    });
    let value = values.next()?;
    let is_alone = values.next().is_none();
    value.parse().ok().filter(|_| is_alone)
}

/// Whether a browser sent it, or what looks like one: a terminal sends none of these by itself. Scripts in Node.js do send
/// `Sec-Fetch-Mode: cors`, and nothing else; with it a browser would send `Origin` (Fetch, "append a request Origin header").
pub(crate) fn is_browser(headers: &HeaderMap) -> bool {
    let of_node = |name: &str, value: &[u8]| name == "sec-fetch-mode" && value == b"cors";
    let by_fetch = headers
        .iter()
        .any(|(name, value)| name.as_str().starts_with("sec-fetch-") && !of_node(name.as_str(), value.as_bytes()));
    by_fetch || headers.contains_key(header::ORIGIN) || headers.contains_key(header::COOKIE)
}

#[cfg(test)]
mod tests {
    use http::{HeaderName, HeaderValue};
    use sealdrop_api::SessionToken;

    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(
                HeaderName::from_static(name),
                HeaderValue::from_str(value).expect("a value"),
            );
        }
        headers
    }

    fn shown(pairs: &[(&'static str, &str)], is_https: bool) -> String {
        match credentials_of(&headers(pairs), Cookies::new(is_https)) {
            Credentials::None => "nothing".to_owned(),
            Credentials::Token(token) => token.expose(),
            Credentials::Session(token) => token.expose(),
        }
    }

    #[test]
    fn a09_an_access_token_goes_before_any_cookie() {
        let (token, session) = (AccessToken::new([1; 32]).expose(), SessionToken::new([2; 32]).expose());
        let (bearer, cookie) = (format!("Bearer {token}"), format!("a=b; session={session}; c"));
        assert_eq!(shown(&[("authorization", &bearer)], false), token);
        assert_eq!(shown(&[("authorization", &bearer), ("cookie", &cookie)], false), token);
        assert_eq!(shown(&[("cookie", &cookie)], false), session);
        for other in [
            "Bearer",
            "Bearer x",
            "Basic Zm9v",
            &format!("Basic {token}"),
            &token,
            "",
        ] {
            let both = [("authorization", other), ("cookie", cookie.as_str())];
            assert_eq!(shown(&both, false), "nothing", "{other}");
        }
        assert_eq!(
            shown(&[("authorization", &bearer), ("authorization", &bearer)], false),
            "nothing"
        );
    }

    #[test]
    fn a07_one_cookie_by_the_name_that_the_public_url_says() {
        let session = SessionToken::new([2; 32]).expose();
        let (plain, host) = (format!("session={session}"), format!("__Host-session={session}"));
        assert_eq!(shown(&[("cookie", &plain)], false), session);
        assert_eq!(shown(&[("cookie", &plain)], true), "nothing");
        assert_eq!(shown(&[("cookie", &host)], true), session);
        assert_eq!(shown(&[("cookie", &host)], false), "nothing");
        let planted = format!("{host}; {host}");
        assert_eq!(shown(&[("cookie", &planted)], true), "nothing", "two are none");
        assert_eq!(
            shown(&[("cookie", &host), ("cookie", &host)], true),
            "nothing",
            "in two lines too"
        );
        for wrong in [
            "session=",
            "session=short",
            &format!("session=\"{session}\""),
            &format!("Session={session}"),
        ] {
            assert_eq!(shown(&[("cookie", wrong)], false), "nothing", "{wrong}");
        }
    }
}
