//! Everything that goes wrong below `/api` is a problem, and none repeats what was sent.

use reqwest::Method;
use sealdrop_api::{ProblemType, TOKEN_HEADER};

use crate::{
    harness::{Result, Server, problem},
    transfer::make_token,
};

#[tokio::test]
async fn what_is_not_there_and_what_is_not_allowed() -> Result {
    let server = Server::start().await?;
    for path in [
        "/api",
        "/api/",
        "/api/v1",
        "/api/v1/nothing",
        "/api/v2/limits",
        "/api/v1/uploads/x/y/z",
    ] {
        assert_eq!(
            problem(server.get(path).await?).await?.kind,
            ProblemType::NotFound,
            "{path}"
        );
    }
    let put = server.request(Method::PUT, "/api/v1/uploads").send().await?;
    assert_eq!(put.headers()["allow"], "POST");
    assert_eq!(problem(put).await?.kind, ProblemType::MethodNotAllowed);
    server.stop().await;
    Ok(())
}

#[tokio::test]
async fn bodies_that_do_not_fit() -> Result {
    let server = Server::start().await?;
    let token = make_token()?.expose();
    let post = |body: Vec<u8>, content_type: &'static str| {
        let request = server
            .request(Method::POST, "/api/v1/uploads")
            .header(TOKEN_HEADER, &token);
        request.header("content-type", content_type).body(body).send()
    };
    let json = "application/json; charset=utf-8";
    let canary = br#"{"canary-in-a-body": "canary"}"#.to_vec();
    for (body, content_type) in [
        (canary.clone(), json),
        (b"{canary".to_vec(), json),
        (Vec::new(), json),
        (canary, "text/plain"),
    ] {
        let problem = problem(post(body, content_type).await?).await?;
        assert_eq!(problem.kind, ProblemType::InvalidRequest);
        let detail = problem.detail.ok_or("a detail that helps")?;
        assert!(!detail.contains("canary"), "{detail}");
    }
    let large = problem(post(vec![b' '; (1 << 10) + 1], json).await?).await?;
    assert_eq!(large.kind, ProblemType::BodyTooLarge);
    let just_right = problem(post(vec![b' '; 1 << 10], json).await?).await?;
    assert_eq!(just_right.kind, ProblemType::InvalidRequest);
    server.stop().await;
    Ok(())
}

#[tokio::test]
async fn tokens_that_are_none() -> Result {
    let server = Server::start().await?;
    let path = "/api/v1/links/AAAAAAAAAAAAAAAAAAAAAA";
    for token in [
        "",
        "short",
        "*******************************************",
        &"A".repeat(44),
    ] {
        let response = server
            .request(Method::GET, path)
            .header(TOKEN_HEADER, token)
            .send()
            .await?;
        assert_eq!(problem(response).await?.kind, ProblemType::TokenMissing, "{token}");
    }
    let valid = make_token()?.expose();
    let twice = server
        .request(Method::GET, path)
        .header(TOKEN_HEADER, &valid)
        .header(TOKEN_HEADER, &valid)
        .send()
        .await?;
    assert_eq!(problem(twice).await?.kind, ProblemType::TokenMissing);
    server.stop().await;
    Ok(())
}

#[tokio::test]
async fn a_query_that_is_no_number() -> Result {
    let server = Server::start().await?;
    let path = "/api/v1/uploads/AAAAAAAAAAAAAAAAAAAAAA/parts?after=canary";
    let response = server
        .request(Method::GET, path)
        .header(TOKEN_HEADER, make_token()?.expose())
        .send()
        .await?;
    let problem = problem(response).await?;
    assert_eq!(problem.kind, ProblemType::InvalidRequest);
    assert!(!problem.detail.unwrap_or_default().contains("canary"));
    server.stop().await;
    Ok(())
}
