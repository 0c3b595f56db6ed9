//! Guessing costs.

use reqwest::{Method, StatusCode};
use sealdrop_api::ProblemType;
use serde_json::json;

use crate::{
    harness::{Result, Server, problem},
    transfer::send,
};

#[tokio::test]
async fn s01_s04_after_twenty_wrong_guesses_an_address_waits() -> Result {
    let server = Server::start_with(&[]).await?;
    let guess = |path: String| {
        server
            .request(Method::POST, &path)
            .json(&json!({"auth": "A".repeat(43)}))
            .send()
    };
    let mut told = 0;
    let refused = loop {
        let response = guess(format!(
            "/api/v1/links/AAAAAAAAAAAAAAAAAAAA{:02}/open",
            told % 10 * 10 + 1
        ))
        .await?;
        if response.status() == StatusCode::TOO_MANY_REQUESTS {
            break response;
        }
        assert_eq!(response.status(), StatusCode::NOT_FOUND);
        told += 1;
        assert!(told < 60, "no end to guessing");
    };
    assert!(told >= 20, "the budget is twenty, not {told}");
    let wait: u64 = refused.headers()["retry-after"].to_str()?.parse()?;
    assert!((1..=3).contains(&wait), "{wait}");
    assert_eq!(problem(refused).await?.kind, ProblemType::TooManyRequests);
    // What cannot be guessed stays open.
    assert_eq!(server.get("/api/v1/limits").await?.status(), StatusCode::OK);
    assert_eq!(server.get("/healthz").await?.status(), StatusCode::OK);
    server.stop().await;
    Ok(())
}

/// A stranger who knows a link's address guesses from everywhere: whoever has the key is not shut out.
#[tokio::test]
async fn s04_a_link_cannot_be_locked_by_guessing() -> Result {
    let server = Server::start_with(&[("SEALDROP_TRUSTED_PROXY_HOPS", "1")]).await?;
    let sent = send(&server, b"mine", b"{}", 2).await?;
    let path = format!("/api/v1/links/{}/open", sent.link_id);
    let ask = |from: usize, auth: String| {
        server
            .request(Method::POST, &path)
            .header("x-forwarded-for", format!("192.0.2.{from}"))
            .json(&json!({ "auth": auth }))
            .send()
    };
    let guesses = (0..200).map(|n| ask(n, "A".repeat(43)));
    for answer in futures::future::join_all(guesses).await {
        assert_eq!(answer?.status(), StatusCode::NOT_FOUND);
    }
    let opened = ask(250, sent.auth.expose()).await?;
    assert_eq!(opened.status(), StatusCode::OK);
    server.stop().await;
    Ok(())
}
