//! Asks a bucket by signed addresses, as server and browser do, and takes away what was put there.

use std::{
    error::Error,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode, header};
use reqwest::{Client, redirect::Policy};
use sealdrop_service::{BucketConfig, BucketProbe, Origin, PublicEndpoint};

use super::xml;
use crate::middleware::authority::signed_origin;

/// How long anything may take.
const PATIENCE: Duration = Duration::from_secs(60);
const CONNECT_PATIENCE: Duration = Duration::from_secs(5);
/// Bytes of an answer that are read.
const MAX_ANSWER: usize = 1 << 20;

/// Which address of the bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// The server's, `S3_ENDPOINT`.
    Server,
    /// That of browsers, `S3_PUBLIC_ENDPOINT`.
    Browser,
}

/// One request.
pub(super) struct Ask<'a> {
    pub(super) way: Way,
    pub(super) method: Method,
    /// Empty for the bucket itself.
    pub(super) key: &'a str,
    /// Escaped.
    pub(super) query: &'a str,
    pub(super) signed: &'a [(&'a str, &'a str)],
    pub(super) headers: &'a [(&'a str, &'a str)],
    pub(super) body: Bytes,
    /// Without a signature, as a stranger asks.
    pub(super) is_anonymous: bool,
}

impl<'a> Ask<'a> {
    pub(super) fn new(way: Way, method: Method, key: &'a str, query: &'a str) -> Self {
        Self {
            way,
            method,
            key,
            query,
            signed: &[],
            headers: &[],
            body: Bytes::new(),
            is_anonymous: false,
        }
    }
}

/// What came back.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    /// Its first mebibyte.
    pub(super) body: Vec<u8>,
}

impl Answer {
    pub(super) fn is_good(&self) -> bool {
        // Some stores say 200 and put an error into the body.
        self.status.is_success() && self.code().is_none()
    }

    pub(super) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The word of an S3 error.
    pub(super) fn code(&self) -> Option<String> {
        let text = self.text();
        let start = text.trim_start();
        let is_error = start.starts_with("<?xml") || start.starts_with("<Error");
        is_error
            .then(|| {
                xml::elements(&text, "Error")
                    .first()
                    .and_then(|error| xml::text(error, "Code"))
            })
            .flatten()
    }

    pub(super) fn header(&self, name: &str) -> Option<String> {
        let values = self.headers.get_all(name).iter();
        let values: Vec<&str> = values.filter_map(|value| value.to_str().ok()).collect();
        (!values.is_empty()).then(|| values.join(", "))
    }

    pub(super) fn etag(&self) -> Option<String> {
        self.header(header::ETAG.as_str())
    }

    /// Status, code and the bucket's sentence, in one line.
    pub(super) fn said(&self) -> String {
        let message = xml::text(&self.text(), "Message").unwrap_or_default();
        let message: String = message.chars().filter(|c| !c.is_control()).take(160).collect();
        let code = self.code().unwrap_or_default();
        let said = format!("{} {code} {message}", self.status.as_u16());
        said.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    pub(super) fn is_refused(&self) -> bool {
        matches!(self.status.as_u16(), 401 | 403)
    }
}

/// Everything that the checks of a bucket share.
pub(super) struct Desk {
    client: Client,
    server: BucketProbe,
    browser: BucketProbe,
    signed_for: Origin,
    pub(super) config: BucketConfig,
    /// The origin of pages, where the bucket is another one.
    pub(super) page: Option<String>,
    /// Multipart uploads that were begun and not ended: key and id.
    begun: Mutex<Vec<(String, String)>>,
    /// Keys that may be there.
    put: Mutex<Vec<String>>,
}

impl Desk {
    /// `page` is the origin of pages where the bucket is another one.
    pub(super) fn new(config: &BucketConfig, page: Option<String>) -> Result<Self, String> {
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

/// The query that names an upload.
pub(super) fn upload_query(id: &str) -> String {
    let id: String = url::form_urlencoded::byte_serialize(id.as_bytes()).collect();
    format!("uploadId={}", id.replace('+', "%20").replace('*', "%2A"))
}

/// The chain of causes, without the address: it is signed.
pub(in crate::commands::doctor) fn reasons(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return "no answer in time".to_owned();
    }
    let mut causes = Vec::new();
    let mut next = error.source();
    while let Some(cause) = next {
        causes.push(cause.to_string());
        next = cause.source();
    }
    if causes.is_empty() {
        return "no answer".to_owned();
    }
    causes.join(": ")
}
