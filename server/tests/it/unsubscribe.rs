//! Turning a notice off as a mail program does (RFC 8058), over HTTP.

use reqwest::{Method, RequestBuilder};
use sealdrop_api::ProblemType;
use serde_json::Value;

use crate::{
    auth::{SECRET, change, number},
    harness::{Result, Server, problem},
};

const SETTINGS: &[(&str, &str)] = &[
    ("SEALDROP_AUTH_SECRET", SECRET),
    ("SEALDROP_RATE_LIMITS", "off"),
    ("SEALDROP_PUBLIC_URL", "https://files.test"),
];

/// The mail that tells a user, made past the service, that their storage is almost full: as an operator reads it.
async fn told(server: &Server) -> Result<Value> {
    change(
        server,
        "INSERT INTO users (id, canonical, address, created_at, used_bytes, quota_bytes) \
         VALUES (x'01010101010101010101010101010101', 'ann@x.test', 'ann@x.test', 0, 900, 1000)",
    )
    .await?;
    change(server, "UPDATE jobs SET run_at = 0 WHERE kind = 'storage_levels'").await?;
    let token = std::fs::read_to_string(server.data().join("operator-token"))?;
    let sent = async {
        while number(server, "SELECT COUNT(*) FROM mails WHERE state = 'sent'").await? == 0 {}
        let kept = server
            .request(Method::GET, "/_operator/mails")
            .bearer_auth(token.trim());
        let kept: Vec<Value> = kept.send().await?.json().await?;
        Result::<Value>::Ok(kept.into_iter().next().ok_or("a mail")?)
    };
    tokio::time::timeout(std::time::Duration::from_secs(60), sent).await?
}

async fn wants(server: &Server) -> Result<i64> {
    number(server, "SELECT notify_storage FROM users").await
}

/// Scanners open every address of a mail, and pages of other sites send what they like: only the POST of who has the address counts.
#[tokio::test]
async fn m44_a_post_turns_a_notice_off_and_a_get_does_not() -> Result {
    let server = Server::start_with(SETTINGS).await?;
    let mail = told(&server).await?;
    assert_eq!(mail["subject"], "Your storage is almost full");
    assert!(!mail["text"].as_str().ok_or("a text")?.contains("http"), "{mail}");
    let url = mail["unsubscribe_url"].as_str().ok_or("an address")?;
    let path = url.strip_prefix("https://files.test").ok_or("ours")?;
    assert!(!url.contains("ann") && path.starts_with("/unsubscribe/"), "{url}");
    for method in [Method::GET, Method::HEAD] {
        let led = server.request(method, path).send().await?;
        assert_eq!(
            (led.status().as_u16(), &led.headers()["location"]),
            (303, &"/account".parse()?)
        );
    }
    for method in [Method::PUT, Method::PATCH, Method::DELETE] {
        let refused = server.request(method.clone(), path).send().await?;
        assert_eq!(refused.status(), 405, "{method}");
    }
    let one_click = |request: RequestBuilder| {
        request
            .header("content-type", "application/x-www-form-urlencoded")
            .body("List-Unsubscribe=One-Click")
    };
    let post = |path: &str| one_click(server.request(Method::POST, path));
    let wrong = format!("{}A", &path[..path.len() - 1]);
    for path in [wrong.as_str(), "/unsubscribe/x", "/unsubscribe/%00"] {
        assert_eq!(post(path).send().await?.status(), 204, "{path}");
    }
    assert_eq!(wants(&server).await?, 1);
    // A web mail may send it from its own page: the address is the proof, and this route alone needs no other.
    let elsewhere = |request: RequestBuilder| {
        request
            .header("origin", "https://mail.test")
            .header("sec-fetch-site", "cross-site")
            .header("cookie", "__Host-session=x")
    };
    for path in [
        format!("{path}/more"),
        "/unsubscribe".to_owned(),
        "/unsubscribe/".to_owned(),
    ] {
        let refused = problem(elsewhere(post(&path)).send().await?).await?;
        assert_eq!(refused.kind, ProblemType::CrossSite, "{path}");
    }
    assert_eq!(wants(&server).await?, 1);
    for _ in 0..2 {
        let done = elsewhere(post(path)).send().await?;
        assert_eq!((done.status().as_u16(), done.text().await?.as_str()), (204, ""));
        assert_eq!(wants(&server).await?, 0);
    }
    server.stop().await;
    Ok(())
}
