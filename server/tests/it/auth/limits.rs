//! Whom a request for a code is counted to.

use reqwest::{Method, StatusCode};
use serde_json::json;

use super::browser::SECRET;
use crate::harness::{Result, Server};

async fn ask(server: &Server, n: usize, forwarded: Option<&str>) -> Result<StatusCode> {
    let request = server.request(Method::POST, "/api/v1/auth/codes");
    let request = match forwarded {
        Some(line) => request.header("x-forwarded-for", line),
        None => request,
    };
    let body = json!({"purpose": "sign-in", "email": format!("a{n}@x.test")});
    Ok(request.json(&body).send().await?.status())
}

#[tokio::test]
async fn a03_a12_r14_the_hop_that_is_ours_says_who_asks() -> Result {
    let server = Server::start_with(&[("SEALDROP_AUTH_SECRET", SECRET), ("SEALDROP_TRUSTED_PROXY_HOPS", "1")]).await?;
    for n in 0..20 {
        assert_eq!(ask(&server, n, Some(&format!("9.9.9.{n}, 2.2.2.2"))).await?, 202, "{n}");
    }
    assert_eq!(
        ask(&server, 20, Some("9.9.9.20, 2.2.2.2")).await?,
        429,
        "whatever stands before it"
    );
    assert_eq!(ask(&server, 21, Some("2.2.2.2, 2.2.2.3")).await?, 202, "a neighbour");
    server.stop().await;
    Ok(())
}

#[tokio::test]
async fn a03_r14_visitors_of_a_proxy_that_nobody_named_are_not_one() -> Result {
    let server = Server::start_with(&[("SEALDROP_AUTH_SECRET", SECRET)]).await?;
    let proxy = async || -> Result<serde_json::Value> {
        let ready: serde_json::Value = serde_json::from_str(&server.get("/readyz").await?.text().await?)?;
        Ok(ready["proxy"].clone())
    };
    assert_eq!(ask(&server, 100, None).await?, 202);
    assert!(proxy().await?.is_null());
    for n in 0..25 {
        assert_eq!(ask(&server, n, Some("9.9.9.9")).await?, 202, "{n}");
    }
    let said = proxy().await?;
    assert!(
        said.as_str()
            .is_some_and(|said| said.contains("SEALDROP_TRUSTED_PROXY_HOPS")),
        "{said}"
    );
    for n in 0..19 {
        assert_eq!(ask(&server, n, None).await?, 202, "{n}");
    }
    assert_eq!(ask(&server, 20, None).await?, 429, "this machine itself is counted");
    server.stop().await;
    Ok(())
}
