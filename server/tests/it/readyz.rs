//! `/readyz` while something that all servers share is away.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use axum::{
    Router,
    extract::Request,
    middleware::{Next, from_fn},
    response::{IntoResponse as _, Response},
};
use reqwest::{Method, StatusCode};
use sealdrop_api::{
    ObjectId,
    limits::PART_LEN,
    uploads::{NewUpload, ReserveUpload},
};
use sealdrop_local_s3::{Credentials, LocalS3, LocalS3Config};

use crate::{
    harness::{Result, Server},
    site::build,
    transfer::make_token,
};

/// A bucket of its own that can be switched off. Until `folder` goes.
async fn switchable_bucket(folder: &std::path::Path) -> Result<(String, Arc<AtomicBool>)> {
    let credentials = Credentials::new("AKTEST".to_owned(), "secret-of-the-tests".to_owned());
    let local = LocalS3::open(LocalS3Config::new(folder.join("elsewhere"), &credentials)).await?;
    let is_away = Arc::new(AtomicBool::new(false));
    let switch = Arc::clone(&is_away);
    let door = move |request: Request, next: Next| {
        let is_away = switch.load(Ordering::SeqCst);
        async move {
            let answer: Response = if is_away {
                StatusCode::SERVICE_UNAVAILABLE.into_response()
            } else {
                next.run(request).await
            };
            answer
        }
    };
    let app = Router::new()
        .route_service("/blobs", local.service())
        .route_service("/blobs/", local.service())
        .route_service("/blobs/{*key}", local.service())
        .layer(from_fn(door));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let endpoint = format!("http://{}", listener.local_addr()?);
    tokio::spawn(async move { axum::serve(listener, app).await });
    Ok((endpoint, is_away))
}

/// Report 30: one address that asks what all servers share takes all of them out at once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn o32_a_bucket_that_is_away_is_named_and_everything_else_goes_on() -> Result {
    let folder = tempfile::tempdir()?;
    let (endpoint, is_away) = switchable_bucket(folder.path()).await?;
    let site = folder.path().join("site");
    build(&site)?;
    let server = Server::start_with(&[
        ("SEALDROP_SITE", &site.to_string_lossy()),
        ("SEALDROP_RATE_LIMITS", "off"),
        ("SEALDROP_METRICS_LISTEN", "0"),
        ("S3_ENDPOINT", &endpoint),
        ("S3_REGION", "local"),
        ("S3_BUCKET", "blobs"),
        ("S3_ACCESS_KEY_ID", "AKTEST"),
        ("S3_SECRET_ACCESS_KEY", "secret-of-the-tests"),
    ])
    .await?;
    let ready = async || -> Result<(StatusCode, serde_json::Value)> {
        let response = server.get("/readyz").await?;
        Ok((response.status(), response.json().await?))
    };
    let (status, body) = ready().await?;
    assert_eq!((status, &body["bucket"]), (StatusCode::OK, &"ok".into()), "{body}");
    is_away.store(true, Ordering::SeqCst);
    let (status, body) = ready().await?;
    assert_eq!((status, &body["bucket"]), (StatusCode::OK, &"failed".into()), "{body}");
    assert_eq!(body["database"], "ok", "{body}");
    for page in ["/", "/signin", "/account", "/healthz", "/api/v1/limits"] {
        let status = server.get(page).await?.status();
        assert!(status.is_success() || status.is_redirection(), "{page}: {status}");
    }
    let code = serde_json::json!({ "email": "ada@example.org", "purpose": "sign-in" });
    let asked = server
        .request(Method::POST, "/api/v1/auth/codes")
        .json(&code)
        .send()
        .await?;
    assert!(!asked.status().is_server_error(), "{}", asked.status());
    let body = NewUpload {
        object_id: ObjectId(*b"one of the test's id"[..16].first_chunk().ok_or("16 bytes")?),
        sealed_len: Some(PART_LEN),
        part_len: PART_LEN,
    };
    server.ask(&ReserveUpload { body }, Some(&make_token()?)).await?;
    let addr = server.metrics().ok_or("no metrics")?;
    let metrics = server
        .client
        .get(format!("http://{addr}/metrics"))
        .send()
        .await?
        .text()
        .await?;
    for line in ["sealdrop_ready{part=\"bucket\"} 0", "sealdrop_ready{part=\"server\"} 1"] {
        assert!(metrics.lines().any(|other| other == line), "{line}");
    }
    is_away.store(false, Ordering::SeqCst);
    assert_eq!(ready().await?.1["bucket"], "ok");
    server.stop().await;
    Ok(())
}
