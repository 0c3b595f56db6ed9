//! The server: the embedded bucket behind a layer.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use anyhow::Context as _;
use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    middleware::{self, Next},
    response::{IntoResponse as _, Response},
};
use sealdrop_local_s3::{Credentials, LocalS3, LocalS3Config};
use tokio::{net::TcpListener, task::JoinHandle};

use super::{
    answers::{self, Asked},
    lie::{Liar, Lie, Rules},
};
use crate::{
    held,
    s3::endpoint::{Endpoint, ServerKind},
};

/// The server, until it is dropped.
#[derive(Debug)]
pub struct LyingS3 {
    /// How to reach it.
    pub endpoint: Endpoint,
    rules: Arc<Mutex<Rules>>,
    task: JoinHandle<()>,
    _folder: tempfile::TempDir,
}

impl LyingS3 {
    /// Starts it on a free port.
    ///
    /// # Errors
    /// When the folder cannot be opened or no port is free.
    pub async fn start(lie: Lie, rules: Rules) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let credentials = Credentials::new("TESTACCESSKEY".to_owned(), "test-secret-key".to_owned());
        let config = LocalS3Config::new(folder.path().join("bucket"), &credentials);
        let name = config.bucket.clone();
        let bucket = LocalS3::open(config).await?;
        let rules = Arc::new(Mutex::new(rules));
        let liar = Liar {
            lie,
            rules: Arc::clone(&rules),
        };
        let app = Router::new()
            .fallback_service(bucket.service())
            .layer(middleware::from_fn_with_state(liar, answer));
        let listener = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await?;
        let url = format!("http://{}", listener.local_addr().context("no address")?);
        let task = tokio::spawn(async move {
            // Ends with the task.
            let _ = axum::serve(listener, app).await;
        });
        Ok(Self {
            endpoint: Endpoint {
                kind: ServerKind::Local,
                url,
                bucket: name,
                region: "us-east-1".to_owned(),
                access_key: credentials.access_key.clone(),
                secret_key: credentials.secret_key.clone(),
            },
            rules,
            task,
            _folder: folder,
        })
    }

    /// Its rules as they are now.
    #[must_use]
    pub fn rules(&self) -> Rules {
        held(&self.rules).clone()
    }
}

impl Drop for LyingS3 {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn answer(State(liar): State<Liar>, request: Request, next: Next) -> Response {
    let asked = Asked::of(&request);
    let (parts, body) = request.into_parts();
    // Read to its end whatever is answered: who sends it is not cut off.
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap_or_default();
    let mut request = Request::from_parts(parts, Body::from(body.clone()));
    let mut response = match answers::instead(&liar, &asked, &body) {
        Some(response) => response,
        None => {
            answers::blind(&liar, &mut request);
            next.run(request).await
        }
    };
    if liar.lie == Lie::AnyLength && asked.is_signed && asked.method == "PUT" && !response.status().is_success() {
        response = ([("etag", "\"of-any-length\"")], "").into_response();
    }
    answers::after(&liar, &asked, &mut response);
    response
}
