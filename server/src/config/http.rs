//! Where the server listens, what it is called outside, and how much it takes on.

use std::net::SocketAddr;

use url::Url;

use super::{Reader, Variable};
use crate::extract::Prefixes;

/// Section of the listener.
#[derive(Debug)]
pub struct Http {
    /// Address to listen on.
    pub addr: SocketAddr,
    /// What people have in their address bar, if it was set.
    pub public_url: Option<Url>,
    /// Proxies in front that are ours.
    pub trusted_proxy_hops: usize,
    /// What of an address is a client.
    pub(crate) prefixes: Prefixes,
    /// Whether guessing costs.
    pub rate_limits: bool,
    /// Connections at once.
    pub max_connections: usize,
}

static ADDR: Variable = Variable {
    name: "SEALDROP_ADDR",
    default: "127.0.0.1:3000",
    secret: false,
    about: "Address and port to listen on; port 0 takes a free one.",
};
static PUBLIC_URL: Variable = Variable {
    name: "SEALDROP_PUBLIC_URL",
    default: "",
    secret: false,
    about: "What people have in their address bar, such as `https://send.example.org`. Unset: whatever host a request names. With `https` the server sends HSTS and upgrades insecure requests.",
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
    about: "Connections served at once; more wait in the system's queue.",
};

pub(super) static ADDRESS: &[&Variable] = &[&ADDR, &PUBLIC_URL, &HOPS];
pub(super) static LOAD: &[&Variable] = &[&MAX_CONNECTIONS, &RATE_LIMITS, &PREFIX_IPV4, &PREFIX_IPV6];

impl Http {
    pub(super) fn read(reader: &mut Reader) -> Self {
        let addr = reader.parsed(&ADDR, |text| {
            text.parse()
                .map(Some)
                .map_err(|_| "expected an address and a port, such as 127.0.0.1:3000".to_owned())
        });
        let max_connections = reader.plain(&MAX_CONNECTIONS, "a number");
        if max_connections == 0 {
            reader.problem(&MAX_CONNECTIONS, "expected at least 1");
        }
        let prefixes = Prefixes {
            ipv4: prefix(reader, &PREFIX_IPV4, 8, 32),
            ipv6: prefix(reader, &PREFIX_IPV6, 48, 64),
        };
        Self {
            addr: addr.unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 3000))),
            public_url: reader.parsed(&PUBLIC_URL, public_url),
            trusted_proxy_hops: reader.plain(&HOPS, "a number of proxies"),
            prefixes,
            rate_limits: reader.switch(&RATE_LIMITS),
            max_connections,
        }
    }

    /// What is wrong where a proxy must be in front and none is counted.
    pub(crate) fn uncounted_proxy(&self) -> Option<&'static str> {
        (self.is_https() && self.trusted_proxy_hops == 0).then_some(
            "SEALDROP_PUBLIC_URL is https, which a proxy in front must speak, and SEALDROP_TRUSTED_PROXY_HOPS is 0: all clients \
             are one to every bound and budget. Set it to the number of proxies that append to X-Forwarded-For",
        )
    }

    /// Whether people reach the server by https.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.public_url.as_ref().is_some_and(|url| url.scheme() == "https")
    }
}

fn prefix(reader: &mut Reader, variable: &Variable, least: u8, most: u8) -> u8 {
    reader.parsed(variable, |text| match text.parse() {
        Ok(bits) if (least..=most).contains(&bits) => Ok(bits),
        _ => Err(format!("expected a number from {least} to {most}")),
    })
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
