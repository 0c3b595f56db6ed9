//! The cookies of this server: their names, and how browsers are told to keep them.
//!
//! Over https a name begins with `__Host-`: browsers take it from this very host only, so no neighbour under the same domain can plant
//! one (RFC 6265bis, 4.1.3.2). Which name is read is decided by the public URL, never by what a request says.

use http::{HeaderValue, header::InvalidHeaderValue};

/// Seconds for which a browser keeps a session's cookie; the server ends it before.
const SESSION_AGE: u64 = 30 * 86_400;
/// Seconds for which it keeps its mark.
const DEVICE_AGE: u64 = 365 * 86_400;
/// Seconds for which a page may take long to come.
const NOTICE_AGE: u64 = 60;

/// Seconds for which signing in may take: a code lives for ten minutes.
const NEXT_AGE: u64 = 20 * 60;

/// Names and attributes, by the scheme that people reach the server with.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cookies {
    is_https: bool,
}

impl Cookies {
    pub(crate) fn new(is_https: bool) -> Self {
        Self { is_https }
    }

    /// Who is signed in.
    pub(crate) fn session(self) -> &'static str {
        if self.is_https { "__Host-session" } else { "session" }
    }

    /// What a code is answered with.
    pub(crate) fn challenge(self) -> &'static str {
        if self.is_https { "__Host-challenge" } else { "challenge" }
    }

    /// The mark of a browser that signed in.
    pub(crate) fn device(self) -> &'static str {
        if self.is_https { "__Host-device" } else { "device" }
    }

    /// What the next page says once: one name of a closed list.
    pub(crate) fn notice(self) -> &'static str {
        if self.is_https { "__Host-notice" } else { "notice" }
    }

    /// Where signing in leads to: one name of a closed list.
    pub(crate) fn next(self) -> &'static str {
        if self.is_https { "__Host-next" } else { "next" }
    }

    pub(crate) fn keep_next(self, name: &str) -> Result<HeaderValue, InvalidHeaderValue> {
        self.set(self.next(), name, NEXT_AGE)
    }

    pub(crate) fn keep_notice(self, name: &str) -> Result<HeaderValue, InvalidHeaderValue> {
        self.set(self.notice(), name, NOTICE_AGE)
    }

    pub(crate) fn keep_session(self, value: &str) -> Result<HeaderValue, InvalidHeaderValue> {
        self.set(self.session(), value, SESSION_AGE)
    }

    pub(crate) fn keep_challenge(self, value: &str, seconds: u64) -> Result<HeaderValue, InvalidHeaderValue> {
        self.set(self.challenge(), value, seconds)
    }

    pub(crate) fn keep_device(self, value: &str) -> Result<HeaderValue, InvalidHeaderValue> {
        self.set(self.device(), value, DEVICE_AGE)
    }

    /// Takes one away.
    pub(crate) fn drop(self, name: &str) -> Result<HeaderValue, InvalidHeaderValue> {
        self.set(name, "", 0)
    }

    fn set(self, name: &str, value: &str, seconds: u64) -> Result<HeaderValue, InvalidHeaderValue> {
        let secure = if self.is_https { "; Secure" } else { "" };
        let text = format!("{name}={value}; Max-Age={seconds}; Path=/; HttpOnly; SameSite=Lax{secure}");
        let mut header = HeaderValue::from_str(&text)?;
        header.set_sensitive(true);
        Ok(header)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a07_a_cookie_is_this_hosts_and_no_scripts() -> Result<(), Box<dyn std::error::Error>> {
        let https = Cookies::new(true).keep_session("x")?;
        assert_eq!(
            https.to_str()?,
            "__Host-session=x; Max-Age=2592000; Path=/; HttpOnly; SameSite=Lax; Secure"
        );
        let http = Cookies::new(false).keep_challenge("x", 600)?;
        assert_eq!(
            http.to_str()?,
            "challenge=x; Max-Age=600; Path=/; HttpOnly; SameSite=Lax"
        );
        assert!(https.is_sensitive() && http.is_sensitive());
        Ok(())
    }
}
