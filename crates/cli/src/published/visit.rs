//! A fresh visitor: no cookies, the headers of a common browser, each answer bounded in bytes and time. Redirects are followed on the same
//! origin only, and only for pages.

use std::{io::Read, time::Duration};

use reqwest::{
    Client, StatusCode,
    header::{ACCEPT, ACCEPT_ENCODING, ACCEPT_LANGUAGE, CONTENT_ENCODING, HeaderMap, LOCATION, USER_AGENT},
};
use url::Url;

use crate::platform::make_client;

/// As Safari on macOS says it, which asks for nothing that is not understood here.
const BROWSER: &str = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15";
/// A request as a whole.
const TIMEOUT: Duration = Duration::from_secs(60);
/// What compression may add to what does not compress.
const SLACK: u64 = 64 << 10;
const MOST_REDIRECTS: usize = 3;

/// Asks one origin.
#[derive(Clone)]
pub(crate) struct Visit {
    client: Client,
    origin: Url,
}

/// No answer, or none that says anything about the page: why, in words.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Unreachable(pub(crate) String);

/// What was answered.
pub(super) enum Answer {
    Whole {
        status: StatusCode,
        headers: HeaderMap,
        body: Vec<u8>,
    },
    /// More bytes than were allowed.
    TooLong,
    /// Compressed in a way that was not asked for, or broken.
    Garbled(String),
    /// It leads there.
    Elsewhere(String),
}

impl Visit {
    /// Of the origin of an address.
    ///
    /// # Errors
    /// HTTPS is not available.
    pub(crate) fn new(origin: Url) -> Result<Self, Unreachable> {
        let client = make_client(|builder| builder.timeout(TIMEOUT));
        let client = client.map_err(|error| Unreachable(format!("HTTPS is not available: {error}.")))?;
        Ok(Self { client, origin })
    }

    /// A page, as one who types its address gets it; redirects on the same origin lead to the page that counts.
    pub(super) async fn page(&self, path: &str, most: u64) -> Result<Answer, Unreachable> {
        let mut path = path.to_owned();
        for _ in 0..=MOST_REDIRECTS {
            match self
                .get(
                    &path,
                    most,
                    "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
                )
                .await?
            {
                Answer::Elsewhere(to) => match self.origin.join(&to) {
                    Ok(url) if url.origin() == self.origin.origin() => url.path().clone_into(&mut path),
                    _ => return Ok(Answer::Elsewhere(to)),
                },
                answer => return Ok(answer),
            }
        }
        Ok(Answer::Elsewhere(path))
    }

    /// A file, without redirects.
    pub(super) async fn file(&self, path: &str, most: u64) -> Result<Answer, Unreachable> {
        self.get(path, most, "*/*").await
    }

    async fn get(&self, path: &str, most: u64, accept: &str) -> Result<Answer, Unreachable> {
        let url = self.origin.join(path).map_err(|error| Unreachable(error.to_string()))?;
        let request = self
            .client
            .get(url)
            .header(USER_AGENT, BROWSER)
            .header(ACCEPT, accept)
            .header(ACCEPT_LANGUAGE, "en-GB,en;q=0.9")
            .header(ACCEPT_ENCODING, "gzip, deflate, br");
        let mut response = request.send().await.map_err(|error| unreachable(&error))?;
        let (status, headers) = (response.status(), response.headers().clone());
        if status.is_redirection() {
            let to = headers
                .get(LOCATION)
                .and_then(|to| to.to_str().ok())
                .unwrap_or_default();
            return Ok(Answer::Elsewhere(to.to_owned()));
        }
        // A server that is busy or broken says nothing about its page.
        if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS {
            return Err(Unreachable(format!("status {}", status.as_u16())));
        }
        let mut packed = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| unreachable(&error))? {
            if (packed.len() + chunk.len()) as u64 > most + SLACK {
                return Ok(Answer::TooLong);
            }
            packed.extend_from_slice(&chunk);
        }
        let encoding = headers
            .get(CONTENT_ENCODING)
            .map(|value| value.to_str().unwrap_or("?").to_ascii_lowercase());
        Ok(match unpack(packed, encoding.as_deref(), most) {
            Ok(body) if body.len() as u64 > most => Answer::TooLong,
            Ok(body) => Answer::Whole { status, headers, body },
            Err(why) => Answer::Garbled(why),
        })
    }
}

/// The plain bytes; one more than `most` at the utmost.
fn unpack(packed: Vec<u8>, encoding: Option<&str>, most: u64) -> Result<Vec<u8>, String> {
    let mut plain = Vec::new();
    let read: std::io::Result<usize> = match encoding {
        None | Some("identity" | "") => return Ok(packed),
        Some("br") => brotli_decompressor::Decompressor::new(packed.as_slice(), 16 << 10)
            .take(most + 1)
            .read_to_end(&mut plain),
        Some("gzip") => flate2::read::MultiGzDecoder::new(packed.as_slice())
            .take(most + 1)
            .read_to_end(&mut plain),
        Some(other) => return Err(format!("it is compressed with {other}, which was not asked for")),
    };
    read.map(|_| plain).map_err(|_| "its compression is broken".to_owned())
}

fn unreachable(error: &reqwest::Error) -> Unreachable {
    Unreachable(if error.is_timeout() {
        "no answer in time".to_owned()
    } else if error.is_connect() {
        "no connection".to_owned()
    } else {
        "the connection broke".to_owned()
    })
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    #[test]
    fn what_unpacks_to_more_than_allowed_stops() {
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        packed.write_all(&vec![0; 1 << 20]).expect("memory takes it");
        let packed = packed.finish().expect("memory takes it");
        assert_eq!(
            unpack(packed.clone(), Some("gzip"), 1000).expect("some of it").len(),
            1001
        );
        assert_eq!(unpack(packed, Some("gzip"), 1 << 20).expect("all of it").len(), 1 << 20);
        assert!(unpack(b"no gzip".to_vec(), Some("gzip"), 1000).is_err());
        assert!(unpack(b"x".to_vec(), Some("zstd"), 1000).is_err());
        assert_eq!(unpack(b"x".to_vec(), None, 1000).as_deref(), Ok(b"x".as_slice()));
    }
}
