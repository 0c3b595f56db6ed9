//! The network of a client: what bounds and budgets are kept for.
//!
//! An address is the wrong unit. A customer with IPv6 is given at least a /64 (RFC 6177 recommends a /48 to a /56 for a
//! site), and may ask from each of its 2^64 addresses.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

/// Bits of an address that name a client; the rest is one client's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Prefixes {
    /// Of an IPv4 address, at most 32.
    pub(crate) ipv4: u8,
    /// Of an IPv6 address, at most 128.
    pub(crate) ipv6: u8,
}

impl Default for Prefixes {
    fn default() -> Self {
        Self { ipv4: 32, ipv6: 64 }
    }
}

/// A client as far as bounds go: equal for all addresses of one network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct ClientNetwork {
    first: IpAddr,
    prefix: u8,
}

/// Bits of an IPv6 site: what one customer may be given.
const SITE_PREFIX: u8 = 48;

impl ClientNetwork {
    /// The network that an address belongs to. IPv4 inside IPv6 (RFC 4291, section 2.5.5.2) is IPv4.
    pub(crate) fn of(addr: IpAddr, prefixes: Prefixes) -> Self {
        match addr.to_canonical() {
            IpAddr::V4(v4) => {
                let prefix = prefixes.ipv4.min(32);
                let mask = u32::MAX.checked_shl(32 - u32::from(prefix)).unwrap_or(0);
                Self {
                    first: Ipv4Addr::from_bits(v4.to_bits() & mask).into(),
                    prefix,
                }
            }
            IpAddr::V6(v6) => Self::of_v6(v6, prefixes.ipv6.min(128)),
        }
    }

    /// Its first address, which stands for all of them where no prefix is needed.
    pub(crate) fn first(self) -> IpAddr {
        self.first
    }

    /// The site around an IPv6 network; nothing for IPv4, whose neighbours are strangers.
    pub(crate) fn site(self) -> Option<Self> {
        match self.first {
            IpAddr::V6(v6) if self.prefix > SITE_PREFIX => Some(Self::of_v6(v6, SITE_PREFIX)),
            _ => None,
        }
    }

    fn of_v6(addr: Ipv6Addr, prefix: u8) -> Self {
        let mask = u128::MAX.checked_shl(128 - u32::from(prefix)).unwrap_or(0);
        Self {
            first: Ipv6Addr::from_bits(addr.to_bits() & mask).into(),
            prefix,
        }
    }
}

impl fmt::Display for ClientNetwork {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.first, self.prefix)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str, ipv4: u8, ipv6: u8) -> String {
        let addr = text.parse().expect("an address");
        ClientNetwork::of(addr, Prefixes { ipv4, ipv6 }).to_string()
    }

    #[test]
    fn n02_an_address_has_the_network_that_is_one_clients() {
        assert_eq!(of("192.0.2.77", 32, 64), "192.0.2.77/32");
        assert_eq!(of("192.0.2.77", 24, 64), "192.0.2.0/24");
        assert_eq!(of("::ffff:192.0.2.77", 24, 64), "192.0.2.0/24");
        assert_eq!(of("2001:db8:1:2:3:4:5:6", 32, 64), "2001:db8:1:2::/64");
        assert_eq!(of("2001:db8:1:2:3:4:5:6", 32, 56), "2001:db8:1::/56");
        assert_eq!(of("2001:db8::1", 0, 0), "::/0");
        assert_eq!(of("192.0.2.77", 0, 0), "0.0.0.0/0");
        assert_eq!(of("2001:db8::1", 200, 200), "2001:db8::1/128");
    }

    #[test]
    fn n02_a_site_is_around_a_network_of_ipv6() {
        let network = |text: &str| ClientNetwork::of(text.parse().expect("an address"), Prefixes::default());
        let (one, two) = (network("2001:db8:1:2::1"), network("2001:db8:1:ffff::1"));
        assert_ne!(one, two);
        assert_eq!(one.site(), two.site());
        assert_ne!(one.site(), network("2001:db8:2::1").site());
        assert_eq!(one.site().and_then(ClientNetwork::site), None);
        assert_eq!(network("192.0.2.1").site(), None);
    }
}
