//! The addresses of the double.

use std::{
    io,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::{Path, RawQuery, State},
    response::Response,
    routing::{any, get, post},
};
use futures::stream;
use reqwest::{Method, header::HeaderMap};
use serde_json::{Value, json};
use tokio::sync::Notify;

use super::{
    account::Account,
    api::{self, Request},
    control,
    deliver::deliver,
    faults::Broken,
    pages::{self, Page},
};
use crate::held;

/// No client waits as long.
const HANG: Duration = Duration::from_secs(600);
/// Larger than any answer that is read.
const FLOOD: usize = 64 << 20;

#[derive(Clone)]
pub(super) struct Shared {
    pub(super) account: Arc<Mutex<Account>>,
    pub(super) client: reqwest::Client,
    /// Something may be due.
    pub(super) changed: Arc<Notify>,
}

pub(super) fn router(shared: Shared) -> Router {
    Router::new()
        .route("/v1/{*path}", any(api_answer))
        .route("/l/{id}", get(show))
        .route("/l/{id}/{button}", post(act))
        .route("/_ctl/{*path}", any(tell))
        .with_state(shared)
}

async fn api_answer(
    State(shared): State<Shared>,
    Path(path): Path<String>,
    RawQuery(query): RawQuery,
    method: Method,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let request = Request {
        method: method.as_str(),
        path: &path,
        query: query.as_deref().unwrap_or_default(),
        authorization: header("authorization"),
        idempotency: header("x-refund-idempotency"),
        body: &body,
    };
    let answer = api::answer(&mut held(&shared.account), &request);
    shared.changed.notify_one();
    let mut response = Response::builder()
        .status(answer.status)
        .header("content-type", "application/json");
    if let Some(seconds) = answer.retry_after {
        response = response.header("retry-after", seconds.to_string());
    }
    let body = match answer.broken {
        None => Body::from(answer.body.to_string()),
        Some(Broken::Page) => Body::from("<html><h1>Bad gateway</h1></html>"),
        Some(Broken::Hang) => {
            tokio::time::sleep(HANG).await;
            Body::empty()
        }
        Some(Broken::Cut) => Body::from_stream(stream::iter([
            Ok(Bytes::from_static(b"{\"id\": \"")),
            Err(io::Error::other("the double cuts this")),
        ])),
        Some(Broken::Flood) => {
            let piece = Bytes::from(vec![b' '; 64 << 10]);
            let pieces = FLOOD / piece.len();
            Body::from_stream(stream::iter(
                (0..pieces).map(move |_| Ok::<_, io::Error>(piece.clone())),
            ))
        }
    };
    response.body(body).unwrap_or_default()
}

async fn show(State(shared): State<Shared>, Path(id): Path<String>) -> Response {
    answer(pages::show(&held(&shared.account), &id))
}

async fn act(State(shared): State<Shared>, Path((id, button)): Path<(String, String)>) -> Response {
    let page = pages::act(&mut held(&shared.account), &id, &button);
    shared.changed.notify_one();
    answer(page)
}

fn answer(page: Page) -> Response {
    let (response, body) = match page {
        Page::Html(status, html) => (
            Response::builder()
                .status(status)
                .header("content-type", "text/html; charset=utf-8"),
            html,
        ),
        Page::Redirect(address) => (
            Response::builder().status(303).header("location", address),
            String::new(),
        ),
    };
    response
        .header("cache-control", "no-store")
        .body(Body::from(body))
        .unwrap_or_default()
}

async fn tell(State(shared): State<Shared>, Path(path): Path<String>, body: Bytes) -> Response {
    let body = if body.is_empty() {
        Value::Null
    } else {
        serde_json::from_slice(&body).unwrap_or_default()
    };
    let said = if path == "deliver" {
        Ok(json!({"sent": deliver(&shared.account, &shared.client).await}))
    } else {
        let said = control::run(&mut held(&shared.account), &path, &body);
        shared.changed.notify_one();
        said
    };
    let (status, said) = said.map_or_else(|why| (400, json!({"error": why})), |said| (200, said));
    let response = Response::builder()
        .status(status)
        .header("content-type", "application/json");
    response.body(Body::from(said.to_string())).unwrap_or_default()
}
