//! Requests of a browser: cookies, and another try where a server went away.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use anyhow::{Context as _, ensure};
use reqwest::{Method, Response, StatusCode};
use serde_json::Value;
use tokio::time::sleep;

use super::shared::Load;

/// One browser.
pub(super) struct Browser<'a> {
    load: &'a Load,
    client: reqwest::Client,
    pub(super) cookies: BTreeMap<String, String>,
}

impl<'a> Browser<'a> {
    pub(super) fn new(load: &'a Load) -> anyhow::Result<Self> {
        Ok(Self {
            load,
            client: reqwest::Client::builder()
                .redirect(reqwest::redirect::Policy::none())
                .timeout(Duration::from_secs(30))
                .build()?,
            cookies: BTreeMap::new(),
        })
    }

    fn request(&self, method: &Method, path: &str, body: Option<&Value>) -> reqwest::RequestBuilder {
        let url = format!("{}{path}", self.load.base);
        let pairs: Vec<String> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let request = self
            .client
            .request(method.clone(), url)
            .header("origin", &self.load.base);
        let request = request.header("cookie", pairs.join("; "));
        match body {
            Some(body) => request.json(body),
            None => request,
        }
    }

    /// Asks once, whatever comes of it.
    pub(super) async fn ask_once(&self, method: Method, path: &str, body: &Value) -> Option<Response> {
        self.request(&method, path, Some(body)).send().await.ok()
    }

    /// Asks until there is an answer of a server that can serve.
    pub(super) async fn ask(&mut self, method: Method, path: &str, body: Option<&Value>) -> anyhow::Result<Response> {
        let gives_up_at = self.load.gives_up_at();
        loop {
            match self.request(&method, path, body).send().await {
                Ok(answer) if answer.status() == StatusCode::SERVICE_UNAVAILABLE => {
                    self.load.count("told to come back")
                }
                Ok(answer) => {
                    ensure!(
                        !answer.status().is_server_error(),
                        "I10: {path} answered {}",
                        answer.status()
                    );
                    self.keep(&answer)?;
                    return Ok(answer);
                }
                Err(_) => self.load.count("requests cut"),
            }
            ensure!(Instant::now() < gives_up_at, "I10: {path}: no answer in time");
            sleep(Duration::from_millis(100)).await;
        }
    }

    pub(super) fn keep(&mut self, answer: &Response) -> anyhow::Result<()> {
        for line in answer.headers().get_all("set-cookie") {
            let (name, rest) = line.to_str()?.split_once('=').context("a cookie")?;
            let value = rest.split(';').next().unwrap_or_default();
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        Ok(())
    }
}
