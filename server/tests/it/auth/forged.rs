//! Requests that a page of another site makes its visitor's browser send.

use reqwest::Method;
use sealdrop_api::ProblemType;
use serde_json::json;

use super::browser::{Browser, SECRET, number};
use crate::harness::{Result, Server, problem};

const SETTINGS: &[(&str, &str)] = &[("SEALDROP_AUTH_SECRET", SECRET), ("SEALDROP_RATE_LIMITS", "off")];

/// With the cookie that its browser adds, whatever the page leaves out.
#[tokio::test]
async fn a08_r23_a_cookie_needs_an_origin() -> Result {
    let server = Server::start_with(SETTINGS).await?;
    let mut browser = Browser::of(&server);
    browser.sign_in("ann@x.test").await?;
    let out = "/api/v1/auth/sessions/current";
    let with_cookie = |path: &str, method: Method| server.request(method, path).header("cookie", browser.cookie_line());
    for headers in [
        &[][..],
        &[("origin", "null")],
        &[("origin", "http://127.0.0.1:1")],
        &[("sec-fetch-site", "same-site")],
        &[("sec-fetch-site", "none")],
        &[("sec-fetch-mode", "no-cors")],
        &[("authorization", "Basic Zm9vOmJhcg==")],
    ] {
        let requests = [
            with_cookie(out, Method::DELETE),
            with_cookie("/api/v1/account/tokens", Method::POST),
        ];
        for request in requests {
            let request = headers
                .iter()
                .fold(request, |request, (name, value)| request.header(*name, *value));
            let refused = problem(request.send().await?).await?;
            assert_eq!(refused.kind, ProblemType::CrossSite, "{headers:?}");
        }
    }
    let live = "SELECT COUNT(*) FROM sessions WHERE ended_at IS NULL";
    assert_eq!(number(&server, live).await?, 1);
    // Its own page, over plain http by its origin and over https by what browsers add.
    let own = with_cookie("/api/v1/account/tokens", Method::POST).header("sec-fetch-site", "same-origin");
    let own = own
        .json(&json!({"name": "a laptop", "scopes": ["read"]}))
        .send()
        .await?;
    assert_eq!(own.status(), 201);
    assert_eq!(browser.send(Method::DELETE, out, None).await?.status(), 204);
    server.stop().await;
    Ok(())
}

/// A page that knows a challenge and its code would sign its visitor in as its author.
#[tokio::test]
async fn a07_r28_nobody_is_signed_in_as_somebody_else() -> Result {
    let server = Server::start_with(SETTINGS).await?;
    let mut eve = Browser::of(&server);
    let code = eve.ask("sign-in", Some("eve@x.test")).await?;
    let body = json!({"code": code, "challenge": eve.cookies["challenge"]});
    let path = "/api/v1/auth/sessions";
    for (origin, content_type) in [
        ("http://127.0.0.1:1", "text/plain"),
        ("http://127.0.0.1:1", "application/json"),
        ("null", "application/x-www-form-urlencoded"),
        (server.base.as_str(), "text/plain"),
        (server.base.as_str(), "application/json"),
    ] {
        let request = server.request(Method::POST, path).header("origin", origin);
        let answer = request
            .header("content-type", content_type)
            .body(body.to_string())
            .send()
            .await?;
        assert!(!answer.headers().contains_key("set-cookie"));
        let refused = problem(answer).await?;
        let expected = if origin == server.base {
            ProblemType::InvalidRequest
        } else {
            ProblemType::CrossSite
        };
        assert_eq!(refused.kind, expected, "{origin} {content_type}");
    }
    // What a form can send is no JSON, even with all that a browser of this server has.
    let form = server.request(Method::POST, path).header("origin", &server.base);
    let form = form
        .header("cookie", eve.cookie_line())
        .header("content-type", "text/plain");
    let refused = problem(form.body(json!({"code": code}).to_string()).send().await?).await?;
    assert_eq!(refused.kind, ProblemType::InvalidRequest);
    assert_eq!(
        number(&server, "SELECT tries FROM challenges").await?,
        0,
        "the challenge is as it was"
    );
    let answer = eve.post(path, json!({"code": code})).await?;
    assert_eq!(answer.status(), 201);
    server.stop().await;
    Ok(())
}
