//! An origin: how a client reached the server, or what URLs of the embedded bucket are signed for.

use std::fmt;

use url::Url;

/// Scheme and authority, such as `http://127.0.0.1:3000`.
///
/// SigV4 signs the `Host` header, so a URL on the app's own origin works only for the authority it was signed for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Origin(String);

/// A text that is no `http` or `https` origin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an http or https origin")]
pub struct InvalidOrigin;

impl Origin {
    /// From the scheme and the `Host` header (or its HTTP/2 twin) of a request.
    ///
    /// # Errors
    /// [`InvalidOrigin`] for any other scheme, and for an authority with user, path, query, or characters that no host has.
    pub fn new(scheme: &str, authority: &str) -> Result<Self, InvalidOrigin> {
        // A parser that forgives would let `a/b` or `a\b` through; what is not plainly a host is no host.
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | ':' | '[' | ']');
        if !matches!(scheme, "http" | "https") || authority.is_empty() || !authority.chars().all(plain) {
            return Err(InvalidOrigin);
        }
        let url = Url::parse(&format!("{scheme}://{authority}/")).map_err(|_| InvalidOrigin)?;
        if url.host_str().is_none() || url.path() != "/" {
            return Err(InvalidOrigin);
        }
        let origin = url.origin().ascii_serialization();
        // The root of all names may be spelled out, `drop.example.`: it is the same host.
        Ok(Self(
            match url.host_str().and_then(|host| Some((host, host.strip_suffix('.')?))) {
                Some((spelled, host)) if !host.is_empty() && !host.ends_with('.') => origin.replacen(spelled, host, 1),
                Some(_) => return Err(InvalidOrigin),
                None => origin,
            },
        ))
    }

    /// As a text without a slash at the end.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn x36_hosts_pass_and_tricks_do_not() {
        for (authority, text) in [
            ("127.0.0.1:3000", "http://127.0.0.1:3000"),
            ("localhost", "http://localhost"),
            ("[::1]:80", "http://[::1]"),
            ("Drop.Example", "http://drop.example"),
            ("DROP.example.:80", "http://drop.example"),
            ("drop.example.:8080", "http://drop.example:8080"),
        ] {
            assert_eq!(Origin::new("http", authority).as_ref().map(Origin::as_str), Ok(text));
        }
        for wrong in [
            "", "a/b", "u@h", "a b", "a?b", "a#b", "a\\b", "h:99999", "a\r\nb", "é", ".", "a..",
        ] {
            assert_eq!(Origin::new("https", wrong), Err(InvalidOrigin), "{wrong:?}");
        }
        assert_eq!(Origin::new("ftp", "host"), Err(InvalidOrigin));
    }
}
