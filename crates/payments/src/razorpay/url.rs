//! Where Razorpay's API is.

use std::net::IpAddr;

use url::{Host, Url};

/// Where the real one is.
pub(crate) const USUAL: &str = "https://api.razorpay.com";

/// The address of the API: Razorpay's own, or that of a double on this machine. The key goes nowhere else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RazorpayUrl(Url);

impl RazorpayUrl {
    /// Reads it.
    ///
    /// # Errors
    /// What is wrong, without repeating any of it.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let url = Url::parse(text).map_err(|_| EXPECTED)?;
        let is_bare = url.username().is_empty()
            && url.password().is_none()
            && url.path() == "/"
            && url.query().is_none()
            && url.fragment().is_none();
        let is_own = match url.host() {
            Some(Host::Ipv4(address)) => IpAddr::V4(address).is_loopback(),
            Some(Host::Ipv6(address)) => IpAddr::V6(address).is_loopback(),
            Some(Host::Domain(name)) => name == "localhost",
            None => false,
        };
        let is_razorpays = url.as_str().trim_end_matches('/') == USUAL;
        if !is_bare || !(is_razorpays || (is_own && matches!(url.scheme(), "http" | "https"))) {
            return Err(EXPECTED);
        }
        Ok(Self(url))
    }

    /// Whether this is a double: no money moves, whatever the key says.
    #[must_use]
    pub fn is_double(&self) -> bool {
        self.0.host_str() != Some("api.razorpay.com")
    }

    /// The address of a path below `/v1/`. Its parts are encoded here.
    pub(super) fn path(&self, parts: &[&str]) -> Url {
        let mut url = self.0.clone();
        // An address with a host has a path.
        if let Ok(mut path) = url.path_segments_mut() {
            path.clear().push("v1").extend(parts);
        }
        url
    }
}

impl Default for RazorpayUrl {
    /// The real one.
    #[expect(clippy::expect_used, reason = "a constant, and a test reads it")]
    fn default() -> Self {
        Self::parse(USUAL).expect("Razorpay's own address")
    }
}

const EXPECTED: &str =
    "expected https://api.razorpay.com, or the address of a double on this machine such as http://127.0.0.1:4010";

#[cfg(test)]
mod tests {
    use super::RazorpayUrl;

    #[test]
    fn the_key_goes_to_razorpay_or_stays_on_this_machine() {
        assert!(!RazorpayUrl::default().is_double());
        for own in [
            "http://127.0.0.1:4010",
            "http://127.8.9.1:1/",
            "http://[::1]:4010",
            "https://localhost:4010",
        ] {
            assert!(RazorpayUrl::parse(own).is_ok_and(|url| url.is_double()), "{own}");
        }
        for wrong in [
            "",
            "api.razorpay.com",
            "http://api.razorpay.com",
            "https://api.razorpay.com:8443",
            "https://api.razorpay.com/v1",
            "https://api.razorpay.com.evil.test",
            "https://api.razorpay.com@evil.test",
            "https://user:hunter2@api.razorpay.com",
            "https://evil.test",
            "http://10.0.0.1",
            "http://localhost.evil.test",
            "http://127.0.0.1:4010/x",
            "http://127.0.0.1:4010/?a",
            "ftp://127.0.0.1",
        ] {
            let refused = RazorpayUrl::parse(wrong).expect_err(wrong);
            assert!(!refused.contains("hunter2"));
        }
        let path = RazorpayUrl::default().path(&["payment_links", "a/../b?c"]);
        assert_eq!(
            path.as_str(),
            "https://api.razorpay.com/v1/payment_links/a%2F..%2Fb%3Fc"
        );
    }
}
