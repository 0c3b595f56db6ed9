//! The headers of a page: what they make a browser do, and the policy that the published page has.

use reqwest::header::HeaderMap;

use crate::text::escape;

/// Besides `connect-src`, which names the storage of the server, and `report-to`.
const POLICY: [(&str, &str); 13] = [
    ("default-src", "'none'"),
    ("script-src", "'self' NONCE 'wasm-unsafe-eval'"),
    ("style-src", "'self'"),
    ("img-src", "'self'"),
    ("font-src", "'self'"),
    ("media-src", "'self'"),
    ("worker-src", "'self'"),
    ("manifest-src", "'self'"),
    ("frame-src", "'self'"),
    ("object-src", "'none'"),
    ("base-uri", "'none'"),
    ("form-action", "'self'"),
    ("frame-ancestors", "'none'"),
];
/// Where they are left out, `default-src` stands for them, and it is `'none'`.
const FALL_BACK: [&str; 5] = ["font-src", "media-src", "worker-src", "frame-src", "img-src"];
/// They load or lead without any markup.
const ACTIVE: [&str; 4] = ["link", "refresh", "speculation-rules", "content-location"];

/// What differs, in words.
pub(super) fn differences(headers: &HeaderMap) -> Vec<String> {
    let mut found = Vec::new();
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let kind = text("content-type").unwrap_or_default();
    // Another encoding would make other markup of the same bytes.
    if kind != "text/html; charset=utf-8" {
        found.push(format!("content-type is {}", escape(kind)));
    }
    found.extend(
        ACTIVE
            .iter()
            .filter(|name| headers.contains_key(**name))
            .map(|name| format!("the header {name} is none of the published pages")),
    );
    let policies: Vec<&str> = all_policies(headers);
    if policies.is_empty() {
        found.push("there is no content security policy".to_owned());
    } else if let Some(wrong) = policies.iter().map(|policy| wrong_in(policy)).min_by_key(Vec::len) {
        // Each further policy only takes away.
        found.extend(
            wrong
                .into_iter()
                .map(|directive| format!("the content security policy is another one: {}", escape(&directive))),
        );
    }
    found
}

/// What `connect-src` allows besides the server itself: where pages may send to.
pub(super) fn may_talk_to(headers: &HeaderMap) -> Vec<String> {
    let policies = all_policies(headers);
    let directives = policies.iter().flat_map(|policy| policy.split(';'));
    let sources = directives.filter_map(|directive| directive.trim().strip_prefix("connect-src "));
    sources
        .flat_map(str::split_whitespace)
        .filter(|source| *source != "'self'")
        .map(ToOwned::to_owned)
        .collect()
}

fn all_policies(headers: &HeaderMap) -> Vec<&str> {
    headers
        .get_all("content-security-policy")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .collect()
}

/// The directives that are missing or others.
fn wrong_in(policy: &str) -> Vec<String> {
    let directives: Vec<(&str, String)> = policy
        .split(';')
        .filter_map(|directive| {
            let mut words = directive.split_whitespace();
            let name = words.next()?;
            let words = words.map(|word| if word.starts_with("'nonce-") { "NONCE" } else { word });
            Some((name, words.collect::<Vec<_>>().join(" ")))
        })
        .collect();
    let missing = POLICY.iter().filter(|(name, value)| {
        let first = directives.iter().find(|(key, _)| key == name);
        match first {
            // The documents of plans and payments have a script of their own and no program.
            Some((_, found)) => found != value && !(*name == "script-src" && found == "NONCE"),
            None => !FALL_BACK.contains(name),
        }
    });
    let known = |name: &str| {
        POLICY.iter().any(|(key, _)| *key == name)
            || ["connect-src", "report-to", "upgrade-insecure-requests"].contains(&name)
    };
    // script-src-elem and the like stand over what was looked at.
    let foreign = directives
        .iter()
        .filter(|(name, _)| !known(name))
        .map(|(name, _)| (*name).to_owned());
    missing.map(|(name, _)| (*name).to_owned()).chain(foreign).collect()
}

#[cfg(test)]
mod tests {
    use reqwest::header::{HeaderName, HeaderValue};

    use super::*;

    const HONEST: &str = "default-src 'none'; script-src 'self' 'nonce-N1' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self'; font-src 'self'; media-src 'self'; connect-src 'self' https://s3.example.test/a/; worker-src 'self'; manifest-src 'self'; frame-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; report-to csp; upgrade-insecure-requests";

    fn with(policy: &str, more: &[(&'static str, &'static str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert("content-type", HeaderValue::from_static("text/html; charset=utf-8"));
        headers.append(
            "content-security-policy",
            HeaderValue::from_str(policy).expect("a header"),
        );
        for (name, value) in more {
            headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        headers
    }

    #[test]
    fn the_published_headers_pass_and_say_where_the_page_may_send() {
        let headers = with(HONEST, &[]);
        assert_eq!(differences(&headers), Vec::<String>::new());
        assert_eq!(may_talk_to(&headers), ["https://s3.example.test/a/"]);
        let mut twice = headers.clone();
        twice.append(
            "content-security-policy",
            HeaderValue::from_static("frame-ancestors 'self'"),
        );
        assert_eq!(
            differences(&twice),
            Vec::<String>::new(),
            "a second one only takes away"
        );
    }

    #[test]
    fn a_document_without_a_program_may_do_less() {
        let policy = "default-src 'none'; script-src 'nonce-N'; style-src 'self'; img-src 'self'; connect-src 'self'; manifest-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; report-to csp";
        assert_eq!(differences(&with(policy, &[])), Vec::<String>::new());
        assert_eq!(
            differences(&with(&policy.replace("default-src 'none'", "default-src *"), &[])).len(),
            1
        );
    }

    #[test]
    fn a_weaker_policy_and_headers_that_act_are_found() {
        for (from, to) in [
            ("'nonce-N1'", "'unsafe-inline'"),
            ("'nonce-N1'", "'nonce-N1' https:"),
            ("base-uri 'none'; ", ""),
            ("form-action 'self'", "form-action *"),
            ("report-to csp", "script-src-elem *"),
            ("worker-src 'self'", "worker-src 'self' blob:"),
        ] {
            assert_eq!(differences(&with(&HONEST.replace(from, to), &[])).len(), 1, "{to}");
        }
        for more in [
            ("link", "</x.css>; rel=stylesheet"),
            ("refresh", "0; url=https://elsewhere.test"),
            ("content-type", "text/html; charset=utf-7"),
        ] {
            assert_eq!(differences(&with(HONEST, &[more])).len(), 1, "{}", more.0);
        }
    }
}
