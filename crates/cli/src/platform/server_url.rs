//! Addresses of servers.

use url::Url;

/// A server's address.
pub(crate) fn parse_server(text: &str) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    (matches!(url.scheme(), "http" | "https") && url.has_host()).then_some(url)
}
