//! Where the server listens, what it is called outside, and how much it takes on.

use std::{net::SocketAddr, time::Duration};

use url::Url;

use crate::client_network::Prefixes;
use crate::config::{reader::Reader, units, variable::Variable};

/// A client has a quarter, and the longest body is 1 MiB.
const LEAST_BODIES: u64 = 4 << 20;

/// Section of the listener.
#[derive(Debug)]
pub struct Http {
    /// Address to listen on.
    pub addr: SocketAddr,
    /// Port of the platform that is not listened on, because `SEALDROP_ADDR` is set too.
    unused_port: Option<u16>,
    /// What people have in their address bar, if it was set.
    pub public_url: Option<Url>,
    /// Where links are opened, if that is another origin than the rest.
    pub link_url: Option<Url>,
    /// Proxies in front that are ours.
    pub trusted_proxy_hops: usize,
    /// What of an address is a client.
    pub(crate) prefixes: Prefixes,
    /// Whether guessing costs.
    pub rate_limits: bool,
    /// Connections at a time.
    pub max_connections: usize,
    /// Of one client.
    pub max_connections_per_client: usize,
    /// Bytes of bodies on their way to the API.
    pub max_bodies: usize,
    /// The policy about https for browsers (HSTS).
    pub hsts: Hsts,
    /// How long new connections are taken after the server was told to end.
    pub shutdown_delay: Duration,
}

/// Of the 25 seconds that ending may take, five are left to requests.
const MOST_DELAY: u64 = 20;

/// What `Strict-Transport-Security` (RFC 6797) says where people reach the server by https.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Hsts {
    /// Nothing.
    Off,
    /// This host.
    Host,
    /// And every name below it (ASVS 5.0, 3.4.1).
    #[default]
    Subdomains,
    /// And browsers may know it before their first visit.
    Preload,
}

static ADDR: Variable = Variable {
    name: "SEALDROP_ADDR",
    default: "127.0.0.1:3000",
    secret: false,
    about: "Address and port to listen on; port 0 takes a free one.",
};
static PORT: Variable = Variable {
    name: "PORT",
    default: "",
    secret: false,
    about: "Port that a hosting platform chose: the server listens on it at all IPv4 addresses (`0.0.0.0`). Not used where `SEALDROP_ADDR` is set; the start says so.",
};
static PUBLIC_URL: Variable = Variable {
    name: "SEALDROP_PUBLIC_URL",
    default: "",
    secret: false,
    about: "What people have in their address bar, such as `https://send.example.org`. Unset: whatever host a request names. With `https` the server sends HSTS and upgrades insecure requests.",
};
static LINK_URL: Variable = Variable {
    name: "SEALDROP_LINK_URL",
    default: "",
    secret: false,
    about: "An origin for links alone, such as `https://files.example.net`: a domain of its own, so that what others call dangerous about one link is said of that name and not of the one where people sign in. The same server answers at both; links made before are sent on. Needs `SEALDROP_PUBLIC_URL`. Unset: links are below the public URL.",
};
static HOPS: Variable = Variable {
    name: "SEALDROP_TRUSTED_PROXY_HOPS",
    default: "0",
    secret: false,
    about: "Reverse proxies in front of the server that append to `X-Forwarded-For`; 0 ignores the header. Behind a proxy that is not counted here all clients are one, and share every bound and budget: the log, the start and `doctor` say so.",
};
static PREFIX_IPV4: Variable = Variable {
    name: "SEALDROP_CLIENT_PREFIX_IPV4",
    default: "32",
    secret: false,
    about: "Bits of an IPv4 address that are one client to every bound and budget: 32 is each address, 24 its network of 256.",
};
static PREFIX_IPV6: Variable = Variable {
    name: "SEALDROP_CLIENT_PREFIX_IPV6",
    default: "64",
    secret: false,
    about: "The same of an IPv6 address, 48 to 64: everybody who has IPv6 has at least a /64.",
};
static RATE_LIMITS: Variable = Variable {
    name: "SEALDROP_RATE_LIMITS",
    default: "on",
    secret: false,
    about: "`on` or `off`. On: after 20 wrong guesses at links or uploads within a minute an address waits. Off is for load tests only.",
};
static MAX_CONNECTIONS: Variable = Variable {
    name: "SEALDROP_MAX_CONNECTIONS",
    default: "4096",
    secret: false,
    about: "Connections served at once. Beyond that the longest idle one makes room; where none is idle, the next is turned away with 503. A few are kept for this machine itself.",
};
static MAX_CONNECTIONS_PER_CLIENT: Variable = Variable {
    name: "SEALDROP_MAX_CONNECTIONS_PER_CLIENT",
    default: "512",
    secret: false,
    about: "The same of one client, as long as `SEALDROP_TRUSTED_PROXY_HOPS` is 0: behind a proxy every connection is the proxy's.",
};
static MAX_BODIES: Variable = Variable {
    name: "SEALDROP_MAX_BODIES",
    default: "64MiB",
    secret: false,
    about: "Memory for bodies that are on their way to the API, at least 4MiB; one client has a quarter of it at most. Beyond that the slowest is answered 503. Files do not go this way.",
};
static HSTS: Variable = Variable {
    name: "SEALDROP_HSTS",
    default: "subdomains",
    secret: false,
    about: "What browsers are told where `SEALDROP_PUBLIC_URL` is https: `host` (use https for this host for two years), `subdomains` (and for every name below it: choose `host` where some of those have no https), `preload` (and it may be put on the list that browsers are built with, which is hard to undo), or `off`. Addresses are told nothing.",
};

static SHUTDOWN_DELAY: Variable = Variable {
    name: "SEALDROP_SHUTDOWN_DELAY",
    default: "0s",
    secret: false,
    about: "How long after SIGTERM, at most 20s, new requests are still served while `/readyz` answers 503, so that a proxy that asks it sends nothing more here: two of its rounds, such as `5s`. 0s refuses new connections at once. Then requests under way have what is left of 25 seconds.",
};

pub(in crate::config) static ADDRESS: &[&Variable] = &[&ADDR, &PORT, &PUBLIC_URL, &LINK_URL, &HOPS, &HSTS];
pub(in crate::config) static LOAD: &[&Variable] = &[
    &MAX_CONNECTIONS,
    &MAX_CONNECTIONS_PER_CLIENT,
    &MAX_BODIES,
    &RATE_LIMITS,
    &SHUTDOWN_DELAY,
    &PREFIX_IPV4,
    &PREFIX_IPV6,
];

impl Http {
    pub(in crate::config) fn read(reader: &mut Reader) -> Self {
        let (addr, unused_port) = listening(reader);
        let max_connections = reader.plain(&MAX_CONNECTIONS, "a number");
        if max_connections == 0 {
            reader.problem(&MAX_CONNECTIONS, "expected at least 1");
        }
        let max_connections_per_client = reader.plain(&MAX_CONNECTIONS_PER_CLIENT, "a number");
        if max_connections_per_client == 0 {
            reader.problem(&MAX_CONNECTIONS_PER_CLIENT, "expected at least 1");
        }
        let max_bodies = reader.parsed(&MAX_BODIES, units::bytes);
        if max_bodies < LEAST_BODIES {
            reader.problem(&MAX_BODIES, "expected at least 4MiB");
        }
        let hsts = reader.parsed(&HSTS, |text| match text {
            "off" => Ok(Hsts::Off),
            "host" => Ok(Hsts::Host),
            "subdomains" => Ok(Hsts::Subdomains),
            "preload" => Ok(Hsts::Preload),
            _ => Err("expected off, host, subdomains or preload".to_owned()),
        });
        let delay = reader.parsed(&SHUTDOWN_DELAY, units::seconds);
        if delay > MOST_DELAY {
            reader.problem(&SHUTDOWN_DELAY, "expected at most 20s");
        }
        let prefixes = Prefixes {
            ipv4: prefix(reader, &PREFIX_IPV4, 8, 32),
            ipv6: prefix(reader, &PREFIX_IPV6, 48, 64),
        };
        let (public_url, link_url) = origins(reader);
        Self {
            addr,
            unused_port,
            public_url,
            link_url,
            trusted_proxy_hops: reader.plain(&HOPS, "a number of proxies"),
            prefixes,
            rate_limits: reader.switch(&RATE_LIMITS),
            max_connections,
            max_connections_per_client,
            max_bodies: usize::try_from(max_bodies).unwrap_or(usize::MAX),
            hsts,
            shutdown_delay: Duration::from_secs(delay),
        }
    }

    /// What is wrong where a proxy must be in front and none is counted.
    pub(crate) fn uncounted_proxy(&self) -> Option<&'static str> {
        (self.is_https() && self.trusted_proxy_hops == 0).then_some(
            "SEALDROP_PUBLIC_URL is https, which a proxy in front must speak, and SEALDROP_TRUSTED_PROXY_HOPS is 0: all clients \
             are one to every bound and budget. Set it to the number of proxies that append to X-Forwarded-For",
        )
    }

    /// That the platform's port is not listened on, where it is not.
    pub(crate) fn unused_port(&self) -> Option<String> {
        self.unused_port.map(|port| {
            format!(
                "PORT is {port} and not used, because SEALDROP_ADDR is set: listening on {}",
                self.addr
            )
        })
    }

    /// Whether people reach the server by https.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.public_url.as_ref().is_some_and(|url| url.scheme() == "https")
    }
}

/// The address to listen on, and the port of the platform where it is not used.
fn listening(reader: &mut Reader) -> (SocketAddr, Option<u16>) {
    let addr = reader.parsed(&ADDR, |text| {
        text.parse()
            .map(Some)
            .map_err(|_| "expected an address and a port, such as 127.0.0.1:3000".to_owned())
    });
    let addr = addr.unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 3000)));
    let port = reader.parsed(&PORT, |text| match text {
        "" => Ok(None),
        text => text
            .parse::<u16>()
            .map(Some)
            .map_err(|_| "expected a port, such as 3000".to_owned()),
    });
    match port {
        Some(port) if reader.given(&ADDR).is_none() => (SocketAddr::from(([0, 0, 0, 0], port)), None),
        port => (addr, port),
    }
}

fn prefix(reader: &mut Reader, variable: &Variable, least: u8, most: u8) -> u8 {
    reader.parsed(variable, |text| match text.parse() {
        Ok(bits) if (least..=most).contains(&bits) => Ok(bits),
        _ => Err(format!("expected a number from {least} to {most}")),
    })
}

/// Where people have the server, and where they have links if that is elsewhere.
fn origins(reader: &mut Reader) -> (Option<Url>, Option<Url>) {
    let public = reader.parsed(&PUBLIC_URL, public_url);
    let links = reader.parsed(&LINK_URL, public_url);
    match (&public, &links) {
        (None, Some(_)) => reader.problem(
            &LINK_URL,
            "SEALDROP_PUBLIC_URL must be set too: where everything else is",
        ),
        (Some(public), Some(links)) if public.host() == links.host() => {
            reader.problem(&LINK_URL, "expected another host than that of SEALDROP_PUBLIC_URL");
        }
        (Some(public), Some(links)) if public.scheme() != links.scheme() => {
            reader.problem(&LINK_URL, "expected http or https as SEALDROP_PUBLIC_URL has it");
        }
        _ => {}
    }
    (public, links)
}

fn public_url(text: &str) -> Result<Option<Url>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    let url = Url::parse(text).map_err(|_| "expected a URL, such as https://send.example.org".to_owned())?;
    let plain = url.path() == "/" && url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
    if !matches!(url.scheme(), "http" | "https") || !url.has_host() || !plain {
        return Err("expected http or https, a host, and nothing after it".to_owned());
    }
    Ok(Some(url))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    fn read(pairs: &[(&str, &str)]) -> Result<Http, String> {
        let config = Config::read(Reader::of(pairs));
        config
            .map(|config| config.http)
            .map_err(|problems| problems.to_string())
    }

    #[test]
    fn o16_a_port_of_the_platform_is_listened_on_at_every_address() {
        let http = read(&[("PORT", "4567")]).expect("a port");
        assert_eq!(http.addr.to_string(), "0.0.0.0:4567");
        assert_eq!(http.unused_port(), None);
        for wrong in ["70000", "-1", "http", "127.0.0.1:3000"] {
            let problems = read(&[("PORT", wrong)]).expect_err(wrong);
            assert!(problems.contains("PORT: expected a port"), "{problems}");
        }
    }

    #[test]
    fn o16_an_address_of_the_operator_goes_before_it_and_that_is_said() {
        let http = read(&[("PORT", "4567"), ("SEALDROP_ADDR", "[::1]:3001")]).expect("an address");
        assert_eq!(http.addr.to_string(), "[::1]:3001");
        let said = http.unused_port().expect("it is said");
        assert!(said.contains("4567") && said.contains("[::1]:3001"), "{said}");
        assert_eq!(read(&[]).expect("nothing").unused_port(), None);
    }

    #[test]
    fn links_are_of_another_host_or_of_none() {
        let of = |links: &str| {
            read(&[
                ("SEALDROP_PUBLIC_URL", "https://drop.test"),
                ("SEALDROP_LINK_URL", links),
            ])
        };
        let http = of("https://links.test").expect("another host");
        assert_eq!(http.link_url.expect("it is set").as_str(), "https://links.test/");
        for (wrong, because) in [
            ("https://drop.test:8443", "another host"),
            ("http://links.test", "http or https as"),
            ("links.test", "expected a URL"),
        ] {
            let problems = of(wrong).expect_err(wrong);
            assert!(
                problems.contains("SEALDROP_LINK_URL") && problems.contains(because),
                "{problems}"
            );
        }
        let problems = read(&[("SEALDROP_LINK_URL", "https://links.test")]).expect_err("alone");
        assert!(problems.contains("SEALDROP_PUBLIC_URL must be set"), "{problems}");
    }

    #[test]
    fn a_public_url_is_an_origin() {
        assert!(public_url("https://send.example.org").is_ok());
        assert!(public_url("http://localhost:3000/").is_ok());
        for wrong in [
            "send.example.org",
            "ftp://x",
            "https://x/path",
            "https://x/?q",
            "https://u@x/",
            "https://",
        ] {
            assert!(public_url(wrong).is_err(), "{wrong}");
        }
    }
}
