//! Requests to the API and their answers.

use std::time::Duration;

use reqwest::{Client, Method, RequestBuilder, Response, header, redirect::Policy};
use serde_json::Value;
use url::Url;

use super::{
    keys::RazorpayKeys,
    refusal::{Asked, meaning},
};
use crate::error::PaymentError;

/// A whole request, from the first packet to the last byte of the answer.
const TIMEOUT: Duration = Duration::from_secs(25);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// Bytes of an answer that are read: a list of 100 payments has about 200 KiB.
const MAX_ANSWER: usize = 2 << 20;
/// No wait is longer than this, whatever the provider says.
const MAX_RETRY_AFTER: u64 = 3600;

pub(super) struct Http {
    client: Client,
    keys: RazorpayKeys,
}

impl Http {
    pub(super) fn new(keys: RazorpayKeys, timeout: Option<Duration>) -> Result<Self, String> {
        // The key goes nowhere else.
        let client = Client::builder()
            .redirect(Policy::none())
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(timeout.unwrap_or(TIMEOUT))
            .build();
        Ok(Self {
            client: client.map_err(|error| error.to_string())?,
            keys,
        })
    }

    pub(super) fn keys(&self) -> &RazorpayKeys {
        &self.keys
    }

    pub(super) async fn get(&self, url: Url) -> Result<Value, PaymentError> {
        self.send(Asked::Read, self.request(Method::GET, url)).await
    }

    pub(super) async fn post(
        &self,
        asked: Asked,
        url: Url,
        body: &Value,
        idempotency_key: Option<&str>,
    ) -> Result<Value, PaymentError> {
        let mut request = self.request(Method::POST, url).json(body);
        if let Some(key) = idempotency_key {
            request = request.header("X-Refund-Idempotency", key);
        }
        self.send(asked, request).await
    }

    /// reqwest marks the header with the key as one that is not shown.
    fn request(&self, method: Method, url: Url) -> RequestBuilder {
        self.client
            .request(method, url)
            .basic_auth(self.keys.id(), Some(self.keys.secret()))
            .header(header::ACCEPT, "application/json")
    }

    async fn send(&self, asked: Asked, request: RequestBuilder) -> Result<Value, PaymentError> {
        let response = request.send().await.map_err(|error| failure(&error))?;
        let status = response.status().as_u16();
        let retry_after = retry_after(&response);
        let body = read(response).await;
        if !(200..300).contains(&status) {
            // An answer that breaks off has said its status.
            return Err(meaning(asked, status, retry_after, &body.unwrap_or_default()));
        }
        serde_json::from_slice(&body?).map_err(|_| PaymentError::Unreadable("no JSON"))
    }
}

fn failure(error: &reqwest::Error) -> PaymentError {
    if error.is_timeout() {
        PaymentError::TimedOut
    } else {
        PaymentError::Away { status: None }
    }
}

fn retry_after(response: &Response) -> Option<Duration> {
    let seconds: u64 = response
        .headers()
        .get(header::RETRY_AFTER)?
        .to_str()
        .ok()?
        .parse()
        .ok()?;
    Some(Duration::from_secs(seconds.min(MAX_RETRY_AFTER)))
}

async fn read(mut response: Response) -> Result<Vec<u8>, PaymentError> {
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| failure(&error))? {
        if bytes.len() + chunk.len() > MAX_ANSWER {
            return Err(PaymentError::Unreadable("too long"));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}
