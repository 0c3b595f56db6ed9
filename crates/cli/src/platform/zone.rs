//! What part of the world an address belongs to.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use url::Host;

/// From how far an address can be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Zone {
    /// From anywhere, as far as the address says.
    Public,
    /// From inside of a private network, or set aside for no network at all.
    Private,
    /// From the same wire: also what cloud providers tell machines about themselves.
    Link,
    /// From this machine alone.
    Here,
}

impl Zone {
    /// Whether a server that is in this zone may name addresses of another one. Who runs a server on this machine may keep its
    /// storage in the network beside it.
    pub(super) fn may_name(self, other: Self) -> bool {
        other == Self::Public || other == self || (self == Self::Here && other == Self::Private)
    }

    /// For a message: where an address is.
    pub(super) const fn place(self) -> &'static str {
        match self {
            Self::Public => "on the internet",
            Self::Private => "in a private network",
            Self::Link => "on the local link",
            Self::Here => "on this machine",
        }
    }

    pub(super) fn of(address: IpAddr) -> Self {
        match address {
            IpAddr::V4(address) => of_v4(address),
            IpAddr::V6(address) => of_v6(address),
        }
    }

    /// Of a host as it is written; a name is somewhere only once it is resolved.
    pub(super) fn of_host(host: &Host<&str>) -> Option<Self> {
        match host {
            Host::Ipv4(address) => Some(of_v4(*address)),
            Host::Ipv6(address) => Some(of_v6(*address)),
            // RFC 6761, section 6.3.
            Host::Domain(name) => {
                let name = name.trim_end_matches('.').to_ascii_lowercase();
                (name == "localhost" || name.ends_with(".localhost")).then_some(Self::Here)
            }
        }
    }
}

/// IANA's registry of special addresses (RFC 6890), by what a machine may reach under them.
fn of_v4(address: Ipv4Addr) -> Zone {
    match address.octets() {
        // "This network": systems connect to themselves.
        [0 | 127, ..] => Zone::Here,
        [169, 254, ..] | [224..=239, ..] | [255, 255, 255, 255] => Zone::Link,
        [10, ..] | [192, 168, ..] | [172, 16..=31, ..] => Zone::Private,
        // Shared by a provider's customers, protocols, examples, measurements, the future.
        [100, 64..=127, ..] | [192, 0, 0 | 2, _] | [198, 18 | 19, ..] | [198, 51, 100, _] | [203, 0, 113, _] => {
            Zone::Private
        }
        [240..=255, ..] => Zone::Private,
        _ => Zone::Public,
    }
}

fn of_v6(address: Ipv6Addr) -> Zone {
    let embedded = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        of_v4(Ipv4Addr::new(a, b, c, d))
    };
    match address.segments() {
        [0, 0, 0, 0, 0, 0, 0, 0 | 1] => Zone::Here,
        // Addresses that hold one of version 4: mapped, compatible, translated (RFC 6052, RFC 8215), 6to4, Teredo.
        [0, 0, 0, 0, 0, 0 | 0xffff, high, low]
        | [0, 0, 0, 0, 0xffff, 0, high, low]
        | [0x64, 0xff9b, 0 | 1, _, _, _, high, low]
        | [0x2002, high, low, ..] => embedded(high, low),
        [0x2001, 0, .., high, low] => embedded(!high, !low),
        [0xfe80..=0xfebf, ..] | [0xff00..=0xffff, ..] => Zone::Link,
        [0xfc00..=0xfdff, ..] | [0xfec0..=0xfeff, ..] | [0x2001, 0xdb8, ..] | [0x100, 0, 0, 0, ..] => Zone::Private,
        _ => Zone::Public,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn n13_every_way_to_write_an_address_that_is_not_public_is_known() {
        for (zone, addresses) in [
            (
                Zone::Here,
                "127.0.0.1 127.9.9.9 0.0.0.0 ::1 :: ::ffff:127.0.0.1 ::127.0.0.1 64:ff9b::7f00:1 2002:7f00:1::",
            ),
            (
                Zone::Link,
                "169.254.169.254 fe80::1 ::ffff:169.254.169.254 224.0.0.1 ff02::1 255.255.255.255",
            ),
            (
                Zone::Private,
                "10.0.0.1 192.168.1.1 172.16.0.1 172.31.255.255 100.64.0.1 198.18.0.1 240.0.0.1 fd00::1 fec0::1 \
                 ::ffff:10.1.2.3 64:ff9b::a00:1 2002:c0a8:101:: 2001:0:1:2:3:4:f5ff:fffe",
            ),
            (
                Zone::Public,
                "1.1.1.1 172.32.0.1 100.128.0.1 2606:4700::1111 ::ffff:1.1.1.1 64:ff9b::101:101 2002:101:101::",
            ),
        ] {
            for address in addresses.split_whitespace() {
                let parsed: IpAddr = address.parse().expect(address);
                assert_eq!(Zone::of(parsed), zone, "{address}");
            }
        }
        let hosts = [
            "http://0x7f.1/",
            "http://2130706433/",
            "http://localhost./",
            "http://A.LocalHost/",
            "http://[::]/",
        ];
        for text in hosts {
            let url = url::Url::parse(text).expect(text);
            assert_eq!(
                url.host().and_then(|host| Zone::of_host(&host)),
                Some(Zone::Here),
                "{text}"
            );
        }
    }

    #[test]
    fn n13_a_server_names_what_is_where_it_is() {
        use Zone::{Here, Link, Private, Public};
        let all = [Public, Private, Link, Here];
        let may: Vec<Vec<Zone>> = all
            .map(|server| all.into_iter().filter(|other| server.may_name(*other)).collect())
            .to_vec();
        assert_eq!(
            may,
            [
                vec![Public],
                vec![Public, Private],
                vec![Public, Link],
                vec![Public, Private, Here]
            ]
        );
    }
}
