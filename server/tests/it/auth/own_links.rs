//! Links of users: theirs by a session or an access token, nobody else's, and paused where they say so.

use reqwest::{Method, Response};
use sealdrop_api::{OwnerToken, ProblemType, TOKEN_HEADER};
use serde_json::{Value, json};

use super::browser::{Browser, SECRET, change, number};
use crate::{
    harness::{Result, Server, problem, refusal},
    transfer::{make_token, send},
};

async fn start() -> Result<Server> {
    Server::start_with(&[("SEALDROP_AUTH_SECRET", SECRET), ("SEALDROP_RATE_LIMITS", "off")]).await
}

/// Asks as a program does.
async fn ask(server: &Server, bearer: &str, method: Method, path: &str, body: Option<Value>) -> Result<Response> {
    let request = server.request(method, path).bearer_auth(bearer);
    let request = match body {
        Some(body) => request.json(&body),
        None => request,
    };
    Ok(request.send().await?)
}

/// Whoever is signed in reserves into their account, by whatever they show; what cannot be is said and is no guest's.
#[tokio::test]
async fn a09_uploads_of_who_is_signed_in_are_theirs() -> Result {
    let server = start().await?;
    let mut ann = Browser::of(&server);
    ann.sign_in("ann@x.test").await?;
    let sends = ann.make_token(&["send"]).await?;
    let reads = ann.make_token(&["read", "manage"]).await?;
    let reserve = async |owner: &OwnerToken, bearer: Option<&str>, cookies: Option<String>| -> Result<Response> {
        let id = make_token()?.expose()[..21].to_owned() + "A";
        let body = json!({"object_id": id, "sealed_len": 65_536, "part_len": 10_485_760});
        let mut request = server
            .request(Method::POST, "/api/v1/uploads")
            .header(TOKEN_HEADER, owner.expose())
            .header("origin", &server.base)
            .json(&body);
        if let Some(bearer) = bearer {
            request = request.bearer_auth(bearer);
        }
        if let Some(cookies) = cookies {
            request = request.header("cookie", cookies);
        }
        Ok(request.send().await?)
    };
    let reserved = async || number(&server, "SELECT SUM(reserved_bytes) FROM users").await;
    let owner = make_token()?;
    assert_eq!(reserve(&owner, None, None).await?.status(), 201);
    assert_eq!(reserved().await?, 0, "a guest's");
    assert_eq!(reserve(&owner, None, Some(ann.cookie_line())).await?.status(), 201);
    assert_eq!(reserve(&owner, Some(&sends), None).await?.status(), 201);
    assert_eq!(reserved().await?, 2 * 65_536);
    let missing = problem(reserve(&owner, Some(&reads), None).await?).await?;
    assert_eq!(missing.kind, ProblemType::Scope);
    // A token that has ended makes no guest of a program, and no cookie is read beside it.
    let nobody = format!("sd_{}", make_token()?.expose());
    let ended = problem(reserve(&owner, Some(&nobody), Some(ann.cookie_line())).await?).await?;
    assert_eq!(ended.kind, ProblemType::Unauthenticated);
    // And over what the account may hold nothing goes in.
    change(&server, "UPDATE plans SET storage_bytes = 150000 WHERE name = 'free'").await?;
    let over = problem(reserve(&make_token()?, Some(&sends), None).await?).await?;
    assert_eq!(
        (over.kind, over.used, over.limit),
        (ProblemType::QuotaExceeded, Some(2 * 65_536), Some(150_000))
    );
    assert_eq!(reserve(&owner, None, None).await?.status(), 201, "a guest may");
    server.stop().await;
    Ok(())
}

#[tokio::test]
async fn s05_a_link_of_a_user_is_theirs_alone() -> Result {
    let server = start().await?;
    let (mut ann, mut ben) = (Browser::of(&server), Browser::of(&server));
    let sent = send(&server, b"mine", b"{}", 2).await?;
    ann.sign_in("ann@x.test").await?;
    // As if she had been signed in when she made it.
    change(&server, "UPDATE links SET user_id = (SELECT id FROM users)").await?;
    ben.sign_in("ben@x.test").await?;
    let path = format!("/api/v1/links/{}", sent.link_id);
    let absent = format!("/api/v1/links/{}", &make_token()?.expose()[..21].to_owned()) + "A";
    let mut all = Vec::new();
    for scope in ["send", "read", "manage"] {
        all.push((scope, ann.make_token(&[scope]).await?));
    }
    let foreign = ben.make_token(&["send", "read", "manage"]).await?;
    for (method, body) in [
        (Method::GET, None),
        (Method::PATCH, Some(json!({"max_downloads": 5}))),
        (Method::DELETE, None),
    ] {
        // Another user hears what somebody hears who asks for nothing.
        let theirs = refusal(ask(&server, &foreign, method.clone(), &path, body.clone()).await?).await?;
        let none = refusal(ask(&server, &foreign, method.clone(), &absent, body.clone()).await?).await?;
        assert_eq!(theirs, none, "{method}");
        assert_eq!(theirs.problem.kind, ProblemType::LinkNotFound, "{method}");
        let session = problem(ben.send(method.clone(), &path, body.clone()).await?).await?;
        assert_eq!(session.kind, ProblemType::LinkNotFound, "{method} with a session");
        let needed = if method == Method::GET { "read" } else { "manage" };
        for (scope, token) in all.iter().filter(|(scope, _)| *scope != needed) {
            let missing = problem(ask(&server, token, method.clone(), &path, body.clone()).await?).await?;
            assert_eq!(missing.kind, ProblemType::Scope, "{method} with {scope}");
        }
    }
    let list: Value = ben.get("/api/v1/links").await?.json().await?;
    assert_eq!(list, json!({"links": [], "next": null}));
    let list: Value = ann.get("/api/v1/links?after=0").await?.json().await?;
    assert_eq!(list["links"][0]["link_id"], json!(sent.link_id), "{list}");
    assert_eq!(list["links"][0]["max_downloads"], 2);
    assert_eq!(
        problem(ann.get("/api/v1/links?after=x").await?).await?.kind,
        ProblemType::InvalidRequest
    );
    // By her session, by the token that may, and by the token of the transfer, whatever else is shown with it.
    assert_eq!(ann.get(&path).await?.status(), 200);
    let (_, reads) = &all[1];
    let more = Some(json!({"max_downloads": 5}));
    let with_token = server
        .request(Method::PATCH, &path)
        .header(TOKEN_HEADER, sent.token.expose())
        .bearer_auth(reads)
        .json(&more);
    assert_eq!(with_token.send().await?.status(), 200);
    // It is paused: who has the whole link hears it, and nothing of it is lost.
    let (_, manages) = &all[2];
    let pause = |paused: bool| Some(json!({"paused": paused}));
    let paused: Value = ask(&server, manages, Method::PATCH, &path, pause(true))
        .await?
        .json()
        .await?;
    assert_eq!((&paused["paused"], &paused["state"]), (&json!(true), &json!("active")));
    let open = format!("{path}/open");
    let opened = server.request(Method::POST, &open).json(&json!({"auth": sent.auth}));
    assert_eq!(problem(opened.send().await?).await?.kind, ProblemType::LinkPaused);
    let wrong = server.request(Method::POST, &open).json(&json!({"auth": sent.token}));
    let wrong = problem(wrong.send().await?).await?;
    assert_eq!(
        wrong.kind,
        ProblemType::LinkNotFound,
        "who has not, hears nothing of that"
    );
    assert_eq!(ann.send(Method::PATCH, &path, pause(false)).await?.status(), 200);
    let opened = server.request(Method::POST, &open).json(&json!({"auth": sent.auth}));
    assert_eq!(opened.send().await?.status(), 200);
    assert_eq!(ask(&server, manages, Method::DELETE, &path, None).await?.status(), 204);
    let list: Value = ann.get("/api/v1/links").await?.json().await?;
    assert_eq!(list["links"][0]["state"], "revoked");
    server.stop().await;
    Ok(())
}
