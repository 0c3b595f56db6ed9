//! A server of its own for every test, and the client that speaks to it.

use std::path::Path;

use reqwest::{Client, Method, RequestBuilder, Response, StatusCode, header::HeaderName};
use sealdrop_api::{Endpoint, OwnerToken, Problem, ProblemType, TOKEN_HEADER};
use sealdrop_server::{
    Running,
    config::{Config, Reader},
    start,
};
use sealdrop_service::Service;
use serde::{Serialize, de::DeserializeOwned};
use tempfile::TempDir;

/// What went wrong in a test, for the reader of its output.
pub(crate) type Result<T = ()> = std::result::Result<T, Box<dyn std::error::Error>>;

/// A running server and its folder.
pub(crate) struct Server {
    running: Running,
    pub(crate) base: String,
    pub(crate) client: Client,
    pub(crate) folder: TempDir,
    /// Headers that every request brings, as from a proxy.
    pub(crate) adds: Vec<(HeaderName, String)>,
}

impl Server {
    /// Nothing set but the folder and a free port.
    pub(crate) async fn start() -> Result<Self> {
        Self::start_with(&[("SEALDROP_RATE_LIMITS", "off")]).await
    }

    /// The same with more settings.
    pub(crate) async fn start_with(settings: &[(&str, &str)]) -> Result<Self> {
        Self::start_changed(settings, |_| {}).await
    }

    /// The same with what no setting says.
    pub(crate) async fn start_changed(settings: &[(&str, &str)], change: impl FnOnce(&mut Config)) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let data = folder.path().join("data").to_string_lossy().into_owned();
        let mut all = vec![("SEALDROP_ADDR", "127.0.0.1:0"), ("SEALDROP_DATA", data.as_str())];
        all.extend_from_slice(settings);
        let mut config = Config::read(Reader::of(&all))?;
        change(&mut config);
        let client = client()?;
        let running = start(&config).await?;
        let base = format!("http://{}", running.addr);
        Ok(Self {
            running,
            base,
            client,
            folder,
            adds: Vec::new(),
        })
    }

    pub(crate) fn service(&self) -> &Service {
        &self.running.service
    }

    pub(crate) async fn stop(self) {
        drop(self.stop_and_keep().await);
    }

    /// Ends the server; its folder lives as long as what is returned.
    pub(crate) async fn stop_and_keep(self) -> TempDir {
        // Connections that idle in the client's pool would be waited for.
        drop(self.client);
        self.running.stop().await;
        self.folder
    }

    /// Where its metrics are, if it has any.
    pub(crate) fn metrics(&self) -> Option<std::net::SocketAddr> {
        self.running.metrics
    }

    pub(crate) fn data(&self) -> std::path::PathBuf {
        self.folder.path().join("data")
    }

    /// A request to a path, or to a URL as the server hands it out.
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.client.request(method, format!("{}{path}", self.base));
        let adds = self.adds.iter();
        adds.fold(request, |request, (name, value)| request.header(name, value))
    }

    pub(crate) async fn get(&self, path: &str) -> Result<Response> {
        Ok(self.request(Method::GET, path).send().await?)
    }

    /// Calls a route of the API.
    pub(crate) async fn call<E: Endpoint>(&self, endpoint: &E, token: Option<&OwnerToken>) -> Result<Response>
    where
        E::Body: Serialize,
    {
        let method = Method::from_bytes(E::METHOD.as_str().as_bytes())?;
        let mut request = self.request(method, &endpoint.path());
        if let Some(token) = token {
            request = request.header(TOKEN_HEADER, token.expose());
        }
        if E::METHOD.has_body() {
            request = request.json(endpoint.body());
        }
        Ok(request.send().await?)
    }

    /// Calls a route and expects it to work.
    pub(crate) async fn ask<E: Endpoint>(&self, endpoint: &E, token: Option<&OwnerToken>) -> Result<E::Response> {
        let response = self.call(endpoint, token).await?;
        let status = response.status();
        let text = response.text().await?;
        if !status.is_success() {
            return Err(format!("{} {} answered {status}: {text}", E::METHOD.as_str(), E::PATH).into());
        }
        read(if text.is_empty() { "null" } else { &text })
    }
}

fn read<T: DeserializeOwned>(text: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|error| format!("{error} in {text}").into())
}

/// A client of plain HTTP; it wants a TLS provider all the same.
pub(crate) fn client() -> Result<Client> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    Ok(Client::builder().redirect(reqwest::redirect::Policy::none()).build()?)
}

/// A problem with its response as the client sees it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct ProblemResponse {
    pub(crate) problem: Problem,
    /// Status, every header and the body, byte for byte; only the time and the request's number are left out.
    seen: String,
}

/// Reads a response that is a problem, with all that could tell it from another one.
pub(crate) async fn refusal(response: Response) -> Result<ProblemResponse> {
    let mut headers: Vec<String> = response
        .headers()
        .iter()
        .filter(|(name, _)| !["date", "x-request-id"].contains(&name.as_str()))
        .map(|(name, value)| format!("{name}: {value:?}"))
        .collect();
    headers.sort();
    let status = response.status();
    let kept = response.headers().clone();
    let body = response.bytes().await?;
    let seen = format!("{status}\n{}\n\n{}", headers.join("\n"), String::from_utf8_lossy(&body));
    let mut again = http::Response::new(body);
    *again.status_mut() = status;
    *again.headers_mut() = kept;
    let problem = problem(Response::from(again)).await?;
    Ok(ProblemResponse { problem, seen })
}

/// The problem that an answer carries; its status, type and headers fit each other.
pub(crate) async fn problem(response: Response) -> Result<Problem> {
    let status = response.status();
    let content_type = response
        .headers()
        .get("content-type")
        .and_then(|value| value.to_str().ok())
        .map(str::to_owned);
    let retry_after = response.headers().contains_key("retry-after");
    let text = response.text().await?;
    assert_eq!(
        content_type.as_deref(),
        Some("application/problem+json"),
        "{status}: {text}"
    );
    let problem: Problem = read(&text)?;
    assert_eq!(
        (problem.status, problem.kind.status()),
        (status.as_u16(), status.as_u16()),
        "{text}"
    );
    let waits = matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE)
        || problem.kind == ProblemType::LinkBusy;
    assert_eq!(
        retry_after, waits,
        "Retry-After goes with 429, 503 and link-busy: {text}"
    );
    Ok(problem)
}

/// Every file below a folder.
pub(crate) fn files(folder: &Path) -> std::io::Result<Vec<std::path::PathBuf>> {
    let mut found = Vec::new();
    let entries = match std::fs::read_dir(folder) {
        // Deleted since it was listed.
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(found),
        entries => entries?,
    };
    for entry in entries {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(files(&path)?);
        } else {
            found.push(path);
        }
    }
    Ok(found)
}
