//! The API as it is asked: where, and with which key.

use std::{fmt, time::Duration};

use url::Url;

use super::{http::Http, keys::RazorpayKeys, url::RazorpayUrl};

/// Razorpay's API with one key. `Debug` shows no key.
pub struct Razorpay {
    pub(super) http: Http,
    url: RazorpayUrl,
}

impl Razorpay {
    /// Needs rustls' process-wide provider.
    ///
    /// # Errors
    /// When the client cannot be made.
    pub fn new(url: RazorpayUrl, keys: RazorpayKeys) -> Result<Self, String> {
        let http = Http::new(keys, None)?;
        Ok(Self { http, url })
    }

    /// The same, which waits for answers no longer than this.
    ///
    /// # Errors
    /// When the client cannot be made.
    pub fn with_timeout(url: RazorpayUrl, keys: RazorpayKeys, timeout: Duration) -> Result<Self, String> {
        let http = Http::new(keys, Some(timeout))?;
        Ok(Self { http, url })
    }

    pub(super) fn url(&self, parts: &[&str]) -> Url {
        self.url.path(parts)
    }
}

impl fmt::Debug for Razorpay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Razorpay")
            .field("url", &self.url)
            .field("keys", self.http.keys())
            .finish()
    }
}
