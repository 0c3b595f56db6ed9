//! From where somebody asks for a code, as far as that is counted.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use http::{Extensions, HeaderMap, request::Parts};
use sealdrop_service::ClientHost;

use super::client::{Client, Peer};
use crate::{
    client_network::{ClientNetwork, Prefixes},
    state::AppState,
};

/// What is around a host: an office, a provider's pool of addresses, an IPv6 site.
const AROUND: Prefixes = Prefixes { ipv4: 24, ipv6: 48 };

/// The host and its network; none where that is not known, or is a proxy of ours that nobody named: all visitors would be one.
pub(crate) struct AskingHost(pub(crate) Option<ClientHost>);

impl FromRequestParts<AppState> for AskingHost {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Infallible> {
        let Client(client) = Client::from_request_parts(parts, state).await?;
        let is_proxy = is_unnamed_proxy(&parts.extensions, &parts.headers, state.outside.trusted_hops);
        Ok(Self(client.filter(|_| !is_proxy).map(host_of)))
    }
}

fn host_of(client: ClientNetwork) -> ClientHost {
    ClientHost {
        host: client.to_string(),
        network: ClientNetwork::of(client.first(), AROUND).to_string(),
    }
}

/// Whether the peer forwards for others from this machine or this network, and the operator named no proxy. Somebody who reaches the
/// server like that without one gains that the number of mails they ask for is not bounded by host; by address it is.
fn is_unnamed_proxy(extensions: &Extensions, headers: &HeaderMap, trusted_hops: usize) -> bool {
    let is_near = extensions
        .get::<Peer>()
        .is_some_and(|peer| match peer.0.ip().to_canonical() {
            std::net::IpAddr::V4(ip) => ip.is_loopback() || ip.is_private(),
            std::net::IpAddr::V6(ip) => ip.is_loopback() || ip.is_unique_local(),
        });
    trusted_hops == 0 && is_near && headers.contains_key("x-forwarded-for")
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use http::HeaderValue;

    use super::*;

    #[test]
    fn a03_a_host_has_a_network_around_it() {
        let of = |text: &str| {
            let addr: IpAddr = text.parse().expect("an address");
            let found = host_of(ClientNetwork::of(addr, Prefixes::default()));
            format!("{} {}", found.host, found.network)
        };
        assert_eq!(of("192.0.2.77"), "192.0.2.77/32 192.0.2.0/24");
        assert_eq!(of("2001:db8:1:2:3::4"), "2001:db8:1:2::/64 2001:db8:1::/48");
    }

    #[test]
    fn r14_a_proxy_that_nobody_named_is_no_host() {
        let is_proxy = |peer: &str, forwards: bool, hops: usize| {
            let mut extensions = Extensions::new();
            let ip: IpAddr = peer.parse().expect("an address");
            extensions.insert(Peer((ip, 1).into()));
            let mut headers = HeaderMap::new();
            if forwards {
                headers.insert("x-forwarded-for", HeaderValue::from_static("9.9.9.9"));
            }
            is_unnamed_proxy(&extensions, &headers, hops)
        };
        assert!(
            is_proxy("127.0.0.1", true, 0) && is_proxy("10.0.0.1", true, 0) && is_proxy("::ffff:127.0.0.1", true, 0)
        );
        assert!(!is_proxy("127.0.0.1", false, 0), "this machine itself");
        assert!(!is_proxy("127.0.0.1", true, 1), "it was named");
        assert!(!is_proxy("203.0.113.7", true, 0), "a stranger says what it likes");
    }
}
