//! Asks a bucket by signed addresses, as server and browser do, and takes away what was put there.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use http::{Method, StatusCode, header};
use reqwest::{Client, redirect::Policy};
use sealdrop_service::{BucketConfig, BucketProbe, Origin, PublicEndpoint};

use super::exchange::{Answer, Ask, Way, reasons, upload_query};
use crate::middleware::authority::signed_origin;

/// How long anything may take.
const PATIENCE: Duration = Duration::from_secs(60);
const CONNECT_PATIENCE: Duration = Duration::from_secs(5);
/// Bytes of an answer that are read.
const MAX_ANSWER: usize = 1 << 20;

/// Everything that the checks of a bucket share.
pub(super) struct Desk {
    client: Client,
    server: BucketProbe,
    browser: BucketProbe,
    signed_for: Origin,
    pub(super) config: BucketConfig,
    /// The origin of pages, where the bucket is another one.
    pub(super) page: Option<String>,
    /// That of links, where it is one of its own and the bucket another.
    pub(super) links: Option<String>,
    /// Multipart uploads that were begun and not ended: key and id.
    begun: Mutex<Vec<(String, String)>>,
    /// Keys that may be there.
    put: Mutex<Vec<String>>,
}

impl Desk {
    /// `page` is the origin of pages, and `links` that of links if it differs, where the bucket is another one.
    pub(super) fn new(config: &BucketConfig, page: Option<String>, links: Option<String>) -> Result<Self, String> {
        let client = Client::builder()
            .redirect(Policy::none())
            .connect_timeout(CONNECT_PATIENCE)
            .timeout(PATIENCE)
            .no_proxy()
            .build();
        let browser = BucketProbe::new(config);
        Ok(Self {
            client: client.map_err(|error| error.to_string())?,
            server: browser.as_server(config),
            browser,
            signed_for: signed_origin(),
            config: config.clone(),
            page,
            links,
            begun: Mutex::default(),
            put: Mutex::default(),
        })
    }

    /// Whether browsers reach it at another address than the server.
    pub(super) fn has_two_addresses(&self) -> bool {
        matches!(&self.config.public, PublicEndpoint::Absolute(public) if *public != self.config.endpoint)
    }

    /// How browsers' requests go; to the embedded bucket as the server's.
    pub(super) fn browser_way(&self) -> Way {
        match self.config.public {
            PublicEndpoint::Absolute(_) => Way::Browser,
            PublicEndpoint::SameOrigin => Way::Server,
        }
    }

    pub(super) fn key(&self, name: &str) -> String {
        let key = format!("{}-{name}", self.server.key());
        self.put
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(key.clone());
        key
    }

    pub(super) fn note_begun(&self, key: &str, id: &str) {
        let mut begun = self.begun.lock().unwrap_or_else(PoisonError::into_inner);
        begun.push((key.to_owned(), id.to_owned()));
    }

    pub(super) fn note_ended(&self, id: &str) {
        let mut begun = self.begun.lock().unwrap_or_else(PoisonError::into_inner);
        begun.retain(|(_, one)| one != id);
    }

    /// A small object, put as the server's own library does; what the bucket says if it refuses.
    pub(super) async fn put_as_server(&self) -> Result<(), String> {
        let key = self.server.key().to_owned();
        self.put.lock().unwrap_or_else(PoisonError::into_inner).push(key);
        self.server.put_as_server().await.map_err(|error| error.to_string())
    }

    pub(super) async fn address(&self, ask: &Ask<'_>) -> Result<String, String> {
        let is_embedded = matches!(self.config.public, PublicEndpoint::SameOrigin);
        let probe = match ask.way {
            // The embedded bucket knows one name for all addresses, wherever they were asked.
            Way::Server if !is_embedded => &self.server,
            Way::Server | Way::Browser => &self.browser,
        };
        // As the server's library names requests; stores ignore it.
        let query = if ask.query.is_empty() { "x-id=Object" } else { ask.query };
        let signed = probe
            .address(ask.method.as_str(), ask.key, query, ask.signed, &self.signed_for)
            .await;
        let mut signed = signed.map_err(|error| error.to_string())?;
        if is_embedded {
            signed.insert_str(0, self.config.endpoint.as_str().trim_end_matches('/'));
        }
        if ask.is_anonymous {
            let bare = signed.split('?').next().unwrap_or_default();
            return Ok(format!("{bare}?{}", ask.query).trim_end_matches('?').to_owned());
        }
        Ok(signed)
    }

    /// Asks once.
    ///
    /// # Errors
    /// Why there is no answer; without the address, which is signed.
    pub(super) async fn ask(&self, ask: Ask<'_>) -> Result<Answer, String> {
        let address = self.address(&ask).await?;
        let mut request = self.client.request(ask.method.clone(), address);
        for (name, value) in ask.headers {
            request = request.header(*name, *value);
        }
        if ask.method == Method::PUT || ask.method == Method::POST {
            request = request.header(header::CONTENT_LENGTH, ask.body.len()).body(ask.body);
        }
        let mut response = request.send().await.map_err(|error| reasons(&error))?;
        let (status, headers) = (response.status(), response.headers().clone());
        let mut body = Vec::new();
        // An answer that ignores the range may be long; the connection is closed then.
        while body.len() < MAX_ANSWER {
            match response.chunk().await {
                Ok(Some(chunk)) => body.extend_from_slice(&chunk),
                Ok(None) => break,
                Err(error) => return Err(reasons(&error)),
            }
        }
        Ok(Answer { status, headers, body })
    }

    /// Removes all that was put and begun. What is left, if the bucket refuses.
    pub(super) async fn clear(&self) -> Vec<String> {
        let begun = std::mem::take(&mut *self.begun.lock().unwrap_or_else(PoisonError::into_inner));
        let put = std::mem::take(&mut *self.put.lock().unwrap_or_else(PoisonError::into_inner));
        let mut left = Vec::new();
        for (key, id) in begun {
            let query = upload_query(&id);
            let aborted = self.ask(Ask::new(Way::Server, Method::DELETE, &key, &query)).await;
            if !aborted.is_ok_and(|answer| answer.status.is_success() || answer.status == StatusCode::NOT_FOUND) {
                left.push(format!("the unfinished upload {key}"));
            }
        }
        for key in put {
            let there = |status: StatusCode| !status.is_success() && status != StatusCode::NOT_FOUND;
            let deleted = self.ask(Ask::new(Way::Server, Method::DELETE, &key, "")).await;
            if deleted.is_ok_and(|answer| !there(answer.status)) {
                continue;
            }
            let head = self.ask(Ask::new(Way::Server, Method::HEAD, &key, "")).await;
            if head.is_ok_and(|answer| answer.status.is_success()) {
                left.push(key);
            }
        }
        left
    }
}
