//! What Brevo's webhook reports, over HTTP.

use reqwest::{Method, RequestBuilder, StatusCode};
use sealdrop_api::ProblemType;
use serde_json::{Value, json};

use crate::{
    auth::{Browser, SECRET, mails_are_sent_from},
    harness::{Result, Server, problem},
    life::{run, text},
};

const PATH: &str = "/api/v1/mail/brevo-events";
const HEADER: &str = "sealdrop-webhook-secret";
const SHOWN: &str = "what the webhook of these tests shows";
const SETTINGS: &[(&str, &str)] = &[
    ("SEALDROP_AUTH_SECRET", SECRET),
    ("SEALDROP_RATE_LIMITS", "off"),
    ("BREVO_WEBHOOK_SECRET", SHOWN),
];

fn bounce(email: &str) -> Value {
    json!({
        "event": "hard_bounce", "email": email, "id": 1, "date": "2020-10-09 00:00:00", "message-id": "<1@provider.test>",
        "subject": "Your sign-in code", "reason": "550 5.1.1", "tags": [],
    })
}

async fn rows(server: &Server) -> Result<i64> {
    crate::auth::number(
        server,
        "SELECT (SELECT COUNT(*) FROM mail_events) + (SELECT COUNT(*) FROM held_addresses)",
    )
    .await
}

/// Report 29, E05: the provider signs nothing, so the header is the proof.
#[tokio::test]
async fn e05_a_report_without_the_secret_is_nobodys() -> Result {
    let server = Server::start_with(&SETTINGS[..2]).await?;
    let report = server.request(Method::POST, PATH).header(HEADER, SHOWN);
    let refused = problem(report.json(&bounce("ann@x.test")).send().await?).await?;
    assert_eq!(refused.kind, ProblemType::NotFound, "there is no such route");
    server.stop().await;

    let server = Server::start_with(SETTINGS).await?;
    Browser::of(&server).ask("sign-in", Some("ann@x.test")).await?;
    let post = || server.request(Method::POST, PATH);
    let with: [fn(RequestBuilder) -> RequestBuilder; 5] = [
        |request| request,
        |request| request.header(HEADER, ""),
        |request| request.header(HEADER, "what the webhook of these tests show"),
        |request| request.header(HEADER, SHOWN).header(HEADER, SHOWN),
        |request| request.bearer_auth(SHOWN),
    ];
    for add in with {
        let refused = problem(add(post()).json(&bounce("ann@x.test")).send().await?).await?;
        assert_eq!(refused.kind, ProblemType::Unauthenticated);
    }
    // Also with the secret a browser is none of the provider's machines.
    let page = post().header(HEADER, SHOWN).header("origin", "http://evil.test");
    let refused = problem(page.json(&bounce("ann@x.test")).send().await?).await?;
    assert_eq!(refused.kind, ProblemType::CrossSite);
    assert_eq!(rows(&server).await?, 0);
    for body in ["{", "7", r#"{"email": 7}"#] {
        let report = post().header(HEADER, SHOWN).header("content-type", "application/json");
        let refused = problem(report.body(body).send().await?).await?;
        assert_eq!(refused.kind, ProblemType::InvalidRequest, "{body}");
    }
    let many = vec![bounce("ann@x.test"); 501];
    let refused = problem(post().header(HEADER, SHOWN).json(&many).send().await?).await?;
    assert_eq!(refused.kind, ProblemType::InvalidRequest);
    let mut long = bounce("ann@x.test");
    long["reason"] = "x".repeat(300_000).into();
    let refused = problem(post().header(HEADER, SHOWN).json(&long).send().await?).await?;
    assert_eq!(refused.kind, ProblemType::BodyTooLarge);
    assert_eq!(rows(&server).await?, 0);
    server.stop().await;
    Ok(())
}

/// E04: who asks hears the same, and the operator sees why nothing arrives.
#[tokio::test]
async fn e04_a_bounce_is_held_and_only_the_operator_sees_it() -> Result {
    let server = Server::start_with(SETTINGS).await?;
    let ask = async || -> Result<(StatusCode, String)> {
        let request = server
            .request(Method::POST, "/api/v1/auth/codes")
            .header("origin", &server.base);
        let answer = request
            .json(&json!({"purpose": "sign-in", "email": "Ann@x.test"}))
            .send()
            .await?;
        let status = answer.status();
        let text = answer.text().await?;
        mails_are_sent_from(&server.data()).await?;
        Ok((status, text))
    };
    let before = ask().await?;
    let mut others = vec![
        json!({"event": "delivered", "email": "ann@x.test"}),
        json!({"event": "opened"}),
        json!({}),
    ];
    others.push(bounce("ann@x.test"));
    for _ in 0..2 {
        let report = server.request(Method::POST, PATH).header(HEADER, SHOWN);
        assert_eq!(report.json(&others).send().await?.status(), 204);
    }
    assert_eq!(rows(&server).await?, 2, "one report, one hold");
    assert_eq!(ask().await?, before, "the answer says nothing of it");
    let sent = "SELECT COUNT(*) FROM mails WHERE state = 'sent'";
    assert_eq!(crate::auth::number(&server, sent).await?, 1);
    let folder = server.stop_and_keep().await;
    let data = folder.path().join("data");
    let listed = run(&data, &["mails", "held", "--json"], &[])?;
    let listed: Value = serde_json::from_str(&text(&listed.stdout))?;
    assert_eq!(
        (&listed[0]["address"], &listed[0]["bounces"], &listed[0]["is_held"]),
        (&json!("ann@x.test"), &json!(1), &json!(true))
    );
    let said = text(&run(&data, &["mails", "held"], &[])?.stdout);
    assert!(said.contains("ann@x.test") && said.contains("held until"), "{said}");
    Ok(())
}
