//! Guessing costs.

use std::time::Duration;

use reqwest::{Method, StatusCode};
use sealdrop_api::{ProblemType, claims::CommitClaim, links::RevokeLink};
use sealdrop_service::RedisConfig;
use sealdrop_test_support::redis::RedisServer;
use serde_json::json;

use crate::{
    harness::{Result, Server, problem, refusal},
    transfer::{make_claim, make_token, send},
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
        let response = guess(format!("/api/v1/links/AAAAAAAAAAAAAAAAAAAA{}A/open", told % 10)).await?;
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

/// A scanner is slowed down, and no other client is.
#[tokio::test]
async fn s04_others_do_not_wait_for_who_guesses() -> Result {
    let server = Server::start_with(&[("SEALDROP_TRUSTED_PROXY_HOPS", "1")]).await?;
    let sent = send(&server, b"mine", b"{}", 2).await?;
    let path = format!("/api/v1/links/{}/open", sent.link_id);
    let ask = |from: &'static str, auth: String| {
        let request = server.request(Method::POST, &path).header("x-forwarded-for", from);
        request.json(&json!({ "auth": auth })).send()
    };
    let mut waits = false;
    for _ in 0..60 {
        waits |= ask("192.0.2.1", "A".repeat(43)).await?.status() == StatusCode::TOO_MANY_REQUESTS;
    }
    assert!(waits, "who guesses waits");
    for other in ["192.0.2.2", "2001:db8::1"] {
        assert_eq!(
            ask(other, sent.auth.expose()).await?.status(),
            StatusCode::OK,
            "{other}"
        );
    }
    server.stop().await;
    Ok(())
}

/// A thousand guesses at links in every state and at none: status, headers and body are the same to the byte.
#[tokio::test]
async fn s01_a_thousand_guesses_look_the_same() -> Result {
    let server = Server::start().await?;
    let (open, used, revoked) = (
        send(&server, b"open", b"{}", 1).await?,
        send(&server, b"used", b"{}", 1).await?,
        send(&server, b"revoked", b"{}", 1).await?,
    );
    let (claim_id, _) = used.claim(&server).await?;
    let commit = CommitClaim {
        link_id: used.link_id,
        claim_id,
        body: used.proof(),
    };
    server.ask(&commit, None).await?;
    let link_id = revoked.link_id;
    server.ask(&RevokeLink { link_id }, Some(&revoked.token)).await?;
    let mut expected = None;
    for n in 0..1_000 {
        let link = match n % 5 {
            0 => open.link_id.to_string(),
            1 => used.link_id.to_string(),
            2 => revoked.link_id.to_string(),
            3 => make_claim()?.to_string(),
            _ => "x".repeat(n % 40 + 1),
        };
        let (path, body) = match n % 3 {
            0 => (format!("/api/v1/links/{link}/open"), json!({"auth": make_token()?})),
            1 => (
                format!("/api/v1/links/{link}/claims"),
                json!({"auth": make_token()?, "claim_id": make_claim()?, "purpose": "download"}),
            ),
            _ => (
                format!("/api/v1/links/{link}/claims/{claim_id}/commit"),
                json!({"auth": make_token()?}),
            ),
        };
        let seen = refusal(server.request(Method::POST, &path).json(&body).send().await?).await?;
        assert_eq!(seen.problem.kind, ProblemType::LinkNotFound, "{path}");
        match &expected {
            None => expected = Some(seen),
            Some(first) => assert_eq!(*first, seen, "{path}"),
        }
    }
    server.stop().await;
    Ok(())
}

/// A stranger who knows a link's address guesses from everywhere: a client with the key is not shut out.
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
    // The last of them wait for their answers, one after the other.
    let guesses = (0..63).map(|n| ask(n, "A".repeat(43)));
    let (answers, opened) = futures::future::join(futures::future::join_all(guesses), async {
        let mut opened = Vec::new();
        for n in 240..250 {
            opened.push(ask(n, sent.auth.expose()).await?.status());
        }
        Ok::<_, reqwest::Error>(opened)
    })
    .await;
    for answer in answers {
        assert_eq!(answer?.status(), StatusCode::NOT_FOUND);
    }
    assert_eq!(opened?, [StatusCode::OK; 10]);
    assert_eq!(ask(250, sent.auth.expose()).await?.status(), StatusCode::OK);
    server.stop().await;
    Ok(())
}

/// What one address sends at the same time is judged as if it came one after the other: twenty, and then no more.
#[tokio::test]
async fn n02_guesses_that_come_at_once_are_not_judged_at_once() -> Result {
    let server = Server::start_with(&[]).await?;
    let sent = send(&server, b"behind a password", b"{}", 2).await?;
    let path = format!("/api/v1/links/{}/open", sent.link_id);
    let guesses = (0..300).map(async |n| {
        let auth = if n == 250 { sent.auth.expose() } else { "A".repeat(43) };
        let request = server.request(Method::POST, &path).json(&json!({ "auth": auth }));
        let answer = request.send().await?;
        let wait = answer.headers().get("retry-after").cloned();
        Ok::<_, reqwest::Error>((answer.status(), wait))
    });
    let mut judged = 0;
    for answer in futures::future::join_all(guesses).await {
        let (status, wait) = answer?;
        assert_ne!(status, StatusCode::OK, "the right one was among the last");
        judged += usize::from(status == StatusCode::NOT_FOUND);
        let wait: u64 = wait.map_or(Ok(0), |wait| wait.to_str().unwrap_or("?").parse())?;
        assert!(wait <= 120, "{wait} s");
    }
    assert!((1..=21).contains(&judged), "{judged} were judged");
    server.stop().await;
    Ok(())
}

/// A client that was right before, or made the link, is served beside a guesser at the same address.
#[tokio::test]
async fn n02_what_was_right_never_waits() -> Result {
    let server = Server::start_with(&[]).await?;
    let sent = send(&server, b"mine", b"{}", 5).await?;
    let open = format!("/api/v1/links/{}/open", sent.link_id);
    let right = || {
        server
            .request(Method::POST, &open)
            .json(&json!({"auth": sent.auth.expose()}))
            .send()
    };
    assert_eq!(right().await?.status(), StatusCode::OK);
    let mut refused = 0;
    for _ in 0..30 {
        for path in [open.clone(), format!("/api/v1/links/{}/open", make_claim()?)] {
            let guess = server
                .request(Method::POST, &path)
                .json(&json!({"auth": make_token()?}));
            refused += usize::from(guess.send().await?.status() == StatusCode::TOO_MANY_REQUESTS);
        }
    }
    assert!(refused > 10, "{refused} of 60 guesses");
    assert_eq!(right().await?.status(), StatusCode::OK);
    sent.claim(&server).await?;
    // Also what begins now, and what is opened for the first time.
    let other = send(&server, b"another", b"{}", 2).await?;
    other.claim(&server).await?;
    server.stop().await;
    Ok(())
}

#[tokio::test]
async fn n02_ids_that_are_none_cost_nothing() -> Result {
    let server = Server::start_with(&[]).await?;
    for n in 0..60 {
        let path = format!("/api/v1/links/{}/open", "x".repeat(n % 30 + 1));
        let guess = server
            .request(Method::POST, &path)
            .json(&json!({"auth": make_token()?}));
        assert_eq!(guess.send().await?.status(), StatusCode::NOT_FOUND, "{path}");
    }
    server.stop().await;
    Ok(())
}

/// Two servers that share a database and a Redis: twenty guesses are twenty, wherever they are made.
#[tokio::test]
async fn n18_guesses_count_on_every_server_that_shares_a_redis() -> Result {
    let redis = RedisServer::start();
    let url = sealdrop_test_support::postgres::fresh_database().await;
    let secret = "a".repeat(32);
    let start = || {
        let redis = RedisConfig::parse(&redis.url()).expect("an address");
        let settings = [
            ("DATABASE_URL", url.as_str()),
            ("SEALDROP_AUTH_SECRET", secret.as_str()),
        ];
        async move {
            let redis = redis.answering_within(Duration::from_mins(1));
            let server = Server::start_changed(&settings, |config| config.redis = Some(redis)).await?;
            while !server.service().has_redis() {
                tokio::task::yield_now().await;
            }
            Result::Ok(server)
        }
    };
    let (one, other) = (start().await?, start().await?);
    let guess = |server: &Server, n: u32| {
        let path = format!("/api/v1/links/AAAAAAAAAAAAAAAAAAAA{}A/open", n % 10);
        let asked = server.request(Method::POST, &path);
        asked.json(&json!({"auth": "A".repeat(43)})).send()
    };
    for n in 0..19 {
        assert_eq!(guess(&one, n).await?.status(), StatusCode::NOT_FOUND);
    }
    let mut told = 0;
    while guess(&other, told).await?.status() == StatusCode::NOT_FOUND {
        told += 1;
        assert!(told < 10, "the other server begins to count anew");
    }
    assert!(told >= 1, "twenty in all");
    for server in [one, other] {
        server.stop().await;
    }
    Ok(())
}

/// What turned out to be right costs nothing.
#[tokio::test]
async fn n18_what_was_right_is_given_back_to_all_servers() -> Result {
    let redis = RedisServer::start();
    let config = RedisConfig::parse(&redis.url())?.answering_within(Duration::from_mins(1));
    let server = Server::start_changed(&[], |settings| settings.redis = Some(config)).await?;
    while !server.service().has_redis() {
        tokio::task::yield_now().await;
    }
    for _ in 0..30 {
        let sent = send(&server, b"mine", b"{}", 2).await?;
        let path = format!("/api/v1/links/{}/open", sent.link_id);
        let opened = server
            .request(Method::POST, &path)
            .json(&json!({ "auth": sent.auth.expose() }))
            .send()
            .await?;
        assert_eq!(opened.status(), StatusCode::OK);
    }
    server.stop().await;
    Ok(())
}
