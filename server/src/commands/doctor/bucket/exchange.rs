//! One request to a bucket and its answer.

use std::error::Error;

use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode, header};

use super::xml;

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
