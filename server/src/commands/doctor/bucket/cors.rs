//! Whether pages of this server may use the bucket: what a browser asks first (a preflight), and what it may read of the answers.

use http::{Method, StatusCode};

use super::{
    desk::Desk,
    exchange::{Answer, Ask, Way},
    rules, xml,
};
use crate::commands::doctor::finding::Finding;

/// What clients send, beyond what every page may (Fetch, 4.9.5: names in lower case, sorted).
const SENT: [(&str, &str); 2] = [("GET", "if-match,range"), ("PUT", "")];
const WHY: &str =
    "browsers keep what the bucket answers from pages that it does not allow: nothing can be sent or received";

/// Asks as a page of `page` does. `key` is an object that is there.
pub(super) async fn cors(desk: &Desk, page: &str, key: &str) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut blocked = Vec::new();
    for (method, headers) in SENT {
        if let Err(why) = preflight(desk, page, key, method, headers).await {
            blocked.push((method, headers, why));
        }
    }
    if blocked.len() == SENT.len() && !any_way(desk, page, key).await {
        return vec![not_allowed(desk, page, &blocked[0].2).await];
    }
    for (method, headers, why) in &blocked {
        let without = preflight(desk, page, key, method, "").await;
        found.push(match without {
            Ok(()) => missing(
                page,
                "cors-header",
                format!("pages may not send the headers {headers} with {method}: {why}"),
            ),
            Err(why) => missing(page, "cors-method", format!("pages may not use {method}: {why}")),
        });
    }
    if blocked.is_empty() && preflight(desk, page, key, "HEAD", "").await.is_err() {
        found.push(
            Finding::warning("CORS", "cors-method", "pages may not use HEAD")
                .because("no page does today")
                .mend("sealdrop-server doctor --fix")
                .fixable(),
        );
    }
    let is_blocked = |method: &str| blocked.iter().any(|(one, ..)| *one == method);
    if !is_blocked("PUT") {
        found.extend(answer_to_put(desk, page, key).await);
    }
    if !is_blocked("GET") {
        found.extend(answer_to_get(desk, page, key).await);
    }
    found.extend(answer_to_strangers(desk, key).await);
    if found.is_empty() {
        found.push(Finding::ok(
            "CORS",
            format!("pages of {page} may PUT, GET and read ETag"),
        ));
    }
    found
}

fn missing(page: &str, code: &'static str, seen: String) -> Finding {
    Finding::failed("CORS", code, seen)
        .because(WHY)
        .mend(how(page))
        .fixable()
}

fn how(page: &str) -> String {
    format!(
        "sealdrop-server doctor --fix, with a key that may set CORS; or allow {page} by hand (docs/guide/buckets: CORS)"
    )
}

/// Whether anything at all is allowed to this origin.
async fn any_way(desk: &Desk, page: &str, key: &str) -> bool {
    for method in ["GET", "PUT", "HEAD"] {
        if preflight(desk, page, key, method, "").await.is_ok() {
            return true;
        }
    }
    false
}

/// No rule for this origin, or no rule.
async fn not_allowed(desk: &Desk, page: &str, why: &str) -> Finding {
    let rules = rules::read(desk, "cors=").await;
    let origins = rules
        .map(|rules| xml::texts(&rules, "AllowedOrigin"))
        .unwrap_or_default();
    if origins.is_empty() {
        return missing(
            page,
            "cors-missing",
            format!("the bucket allows nothing to pages of {page}: {why}"),
        );
    }
    let origins: String = origins.join(", ").chars().take(200).collect();
    missing(
        page,
        "cors-origin",
        format!("the bucket allows pages of {origins}, and not of {page}"),
    )
}

/// What is asked before a request that not every page may make.
async fn preflight(desk: &Desk, page: &str, key: &str, method: &str, headers: &str) -> Result<(), String> {
    let mut sent = vec![("origin", page), ("access-control-request-method", method)];
    if !headers.is_empty() {
        sent.push(("access-control-request-headers", headers));
    }
    let mut ask = Ask::new(Way::Browser, Method::OPTIONS, key, "");
    ask.headers = &sent;
    let answer = desk.ask(ask).await?;
    if !answer.status.is_success() {
        return Err(format!("OPTIONS is answered with {}", answer.said()));
    }
    if !allows(&answer, page) {
        return Err(format!(
            "OPTIONS is answered with {} and no Access-Control-Allow-Origin for it",
            answer.status.as_u16()
        ));
    }
    let methods = list(&answer, "access-control-allow-methods");
    // GET and HEAD need not be named (Fetch, 4.8).
    if !matches!(method, "GET" | "HEAD") && !methods.iter().any(|one| one == "*" || one.eq_ignore_ascii_case(method)) {
        return Err(format!("Access-Control-Allow-Methods is {}", methods.join(", ")));
    }
    let allowed = list(&answer, "access-control-allow-headers");
    let is_allowed = |name: &str| allowed.iter().any(|one| one == "*" || one.eq_ignore_ascii_case(name));
    match headers
        .split(',')
        .filter(|name| !name.is_empty())
        .find(|name| !is_allowed(name))
    {
        Some(name) => Err(format!("Access-Control-Allow-Headers lacks {name}")),
        None => Ok(()),
    }
}

fn allows(answer: &Answer, page: &str) -> bool {
    answer
        .header("access-control-allow-origin")
        .is_some_and(|origin| origin == "*" || origin == page)
}

fn list(answer: &Answer, name: &str) -> Vec<String> {
    let text = answer.header(name).unwrap_or_default();
    let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
    parts.map(ToOwned::to_owned).collect()
}

/// What pages may read of the answer to a PUT: all of it, and its ETag.
async fn answer_to_put(desk: &Desk, page: &str, key: &str) -> Option<Finding> {
    let (len, origin) = ([("content-length", "5")], [("origin", page)]);
    let mut put = Ask::new(Way::Browser, Method::PUT, key, "");
    put.signed = &len;
    put.headers = &origin;
    put.body = "probe".into();
    let answer = desk.ask(put).await.ok().filter(Answer::is_good)?;
    if !allows(&answer, page) {
        let seen = "the preflight allows a PUT, and its answer does not".to_owned();
        return Some(missing(page, "cors-answer", seen));
    }
    let exposed = list(&answer, "access-control-expose-headers");
    let shows = |name: &str| exposed.iter().any(|one| one == "*" || one.eq_ignore_ascii_case(name));
    (!shows("etag")).then(|| {
        missing(
            page,
            "cors-expose",
            "pages may not read ETag of what they sent".to_owned(),
        )
        .because("an upload is completed by the ETag of its parts: nothing can be sent")
    })
}

async fn answer_to_get(desk: &Desk, page: &str, key: &str) -> Option<Finding> {
    let ranged = [("origin", page), ("range", "bytes=0-1")];
    let mut get = Ask::new(Way::Browser, Method::GET, key, "");
    get.headers = &ranged;
    let answer = desk.ask(get).await.ok()?;
    let is_hidden = answer.status == StatusCode::PARTIAL_CONTENT && !allows(&answer, page);
    let seen = "the preflight allows a GET, and its answer does not".to_owned();
    is_hidden.then(|| missing(page, "cors-answer", seen))
}

/// Whether pages of other sites may ask with what browsers know of the bucket's host.
async fn answer_to_strangers(desk: &Desk, key: &str) -> Option<Finding> {
    let stranger = [("origin", "https://elsewhere.invalid")];
    let mut ask = Ask::new(Way::Browser, Method::GET, key, "");
    ask.headers = &stranger;
    let answer = desk.ask(ask).await.ok()?;
    let takes_cookies = answer.header("access-control-allow-credentials").as_deref() == Some("true");
    let origin = answer.header("access-control-allow-origin")?;
    (takes_cookies && (origin == "*" || origin.contains("elsewhere.invalid"))).then(|| {
        Finding::warning("CORS", "cors-credentials", "pages of every site may ask the bucket with their users' cookies")
            .because("signed addresses need no cookies; where the bucket's host knows some, other sites can use them")
            .mend("take Access-Control-Allow-Credentials away where every origin (*) is allowed: it is the store's, or a proxy's before it")
    })
}
