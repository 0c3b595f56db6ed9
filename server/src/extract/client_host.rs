//! From where somebody asks for a code, as far as that is counted.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use http::request::Parts;
use sealdrop_service::ClientHost;

use super::{
    client::{Client, peer_of},
    unnamed_proxy::is_unnamed_proxy,
};
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
        let is_proxy = is_unnamed_proxy(peer_of(&parts.extensions), &parts.headers, state.outside.trusted_hops);
        Ok(Self(client.filter(|_| !is_proxy).map(host_of)))
    }
}

fn host_of(client: ClientNetwork) -> ClientHost {
    ClientHost {
        host: client.to_string(),
        network: ClientNetwork::of(client.first(), AROUND).to_string(),
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

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
}
