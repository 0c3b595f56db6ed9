//! Who is asking, as far as it can be known: the peer, or what our own proxies say about it.

use std::net::{IpAddr, SocketAddr};

use http::{HeaderMap, Request};

/// The other end of the connection; put into every request by the listener.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Peer(pub(crate) SocketAddr);

/// The address that budgets are kept for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct ClientAddr(pub(crate) IpAddr);

/// The client's address behind `trusted_hops` proxies.
///
/// Each proxy appends whom it saw, so that what the last `trusted_hops` entries say is true and the rest is hearsay.
pub(crate) fn client_addr<B>(request: &Request<B>, trusted_hops: usize) -> Option<ClientAddr> {
    let peer = request.extensions().get::<Peer>()?.0.ip();
    Some(ClientAddr(
        forwarded(request.headers(), trusted_hops)
            .unwrap_or(peer)
            .to_canonical(),
    ))
}

fn forwarded(headers: &HeaderMap, trusted_hops: usize) -> Option<IpAddr> {
    let hop = trusted_hops.checked_sub(1)?;
    let values: Vec<&str> = headers
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|v| v.to_str().ok())
        .flat_map(|v| v.split(','))
        .collect();
    values.into_iter().rev().nth(hop)?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(header: Option<&str>, hops: usize) -> Option<String> {
        let mut request = Request::new(());
        request
            .extensions_mut()
            .insert(Peer(SocketAddr::from(([10, 0, 0, 9], 1234))));
        if let Some(value) = header {
            request.headers_mut().insert("x-forwarded-for", value.parse().ok()?);
        }
        client_addr(&request, hops).map(|addr| addr.0.to_string())
    }

    #[test]
    fn only_our_own_proxies_are_believed() {
        assert_eq!(
            seen(Some("1.1.1.1"), 0).as_deref(),
            Some("10.0.0.9"),
            "without a proxy the header is hearsay"
        );
        assert_eq!(seen(Some("6.6.6.6, 1.1.1.1"), 1).as_deref(), Some("1.1.1.1"));
        assert_eq!(seen(Some("6.6.6.6, 1.1.1.1, 10.0.0.1"), 2).as_deref(), Some("1.1.1.1"));
        assert_eq!(seen(Some("nonsense"), 1).as_deref(), Some("10.0.0.9"));
        assert_eq!(seen(None, 1).as_deref(), Some("10.0.0.9"));
    }
}
