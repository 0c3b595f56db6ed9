//! Who is asking, as far as it can be known: the peer, or what our own proxies say about it.

use std::{
    convert::Infallible,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::Once,
    time::Instant,
};

use axum::extract::FromRequestParts;
use http::{Extensions, HeaderMap, request::Parts};

use crate::client_network::ClientNetwork;
use crate::state::{AppState, Outside};

use super::unnamed_proxy::{UNNAMED_PROXY, is_unnamed_proxy};

/// The other end of the connection; put into every request by the listener.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Peer(pub(crate) SocketAddr);

/// The network that bounds and budgets are kept for; none where a proxy of ours does not know who asks. Found out once for
/// each request, and kept with it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Client(pub(crate) Option<ClientNetwork>);

impl FromRequestParts<AppState> for Client {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Infallible> {
        if let Some(known) = parts.extensions.get::<Self>() {
            return Ok(*known);
        }
        let client = Self(client_of(&parts.extensions, &parts.headers, &state.outside));
        parts.extensions.insert(client);
        Ok(client)
    }
}

/// The address of the other end of the connection.
pub(super) fn peer_of(extensions: &Extensions) -> Option<IpAddr> {
    extensions.get::<Peer>().map(|peer| peer.0.ip())
}

/// The network of who sends this request.
pub(crate) fn client_of(extensions: &Extensions, headers: &HeaderMap, outside: &Outside) -> Option<ClientNetwork> {
    if is_unnamed_proxy(peer_of(extensions), headers, outside.trusted_hops) {
        outside.unnamed_proxy.note(Instant::now());
    }
    let addr = client_addr(extensions, headers, outside.trusted_hops)?;
    Some(ClientNetwork::of(addr, outside.prefixes))
}

/// The address of the client that our proxies forward.
#[derive(Debug, PartialEq, Eq)]
enum ForwardedAddress {
    /// None: the request came through no proxy of ours, or that adds no header.
    None,
    /// Its address.
    Addr(IpAddr),
    /// Not an address.
    Unreadable,
}

/// The client's address behind `trusted_hops` proxies; none where the outermost of them does not know it.
///
/// Each proxy appends whom it saw, so what the last `trusted_hops` entries say is true and the rest is hearsay. Where it is
/// no address, the peer is no answer either: it is the proxy, and all clients would share one budget.
fn client_addr(extensions: &Extensions, headers: &HeaderMap, trusted_hops: usize) -> Option<IpAddr> {
    let peer = peer_of(extensions)?;
    if trusted_hops == 0 && headers.contains_key("x-forwarded-for") {
        static TOLD: Once = Once::new();
        TOLD.call_once(|| tracing::warn!("{UNNAMED_PROXY}"));
    }
    let addr = match forwarded(headers, trusted_hops) {
        ForwardedAddress::Addr(addr) => addr,
        ForwardedAddress::None => peer,
        ForwardedAddress::Unreadable => {
            static TOLD: Once = Once::new();
            TOLD.call_once(|| {
                tracing::warn!(
                    "the proxy in front says nothing readable in X-Forwarded-For: clients cannot be told apart, and guessing \
                     is slowed down by link only. See SEALDROP_TRUSTED_PROXY_HOPS"
                );
            });
            return None;
        }
    };
    Some(addr.to_canonical())
}

fn forwarded(headers: &HeaderMap, trusted_hops: usize) -> ForwardedAddress {
    if trusted_hops == 0 {
        return ForwardedAddress::None;
    }
    // Bytes, not texts: what a client put before the comma must not hide what our proxy put behind it. For the same reason
    // quotes do not bind: no address holds a comma.
    let lines: Vec<&[u8]> = headers
        .get_all("x-forwarded-for")
        .iter()
        .map(|line| line.as_bytes())
        .collect();
    let mut entries = lines.iter().rev().flat_map(|line| line.rsplit(|byte| *byte == b','));
    // With fewer entries than proxies, the first is of the outermost that there was.
    let mut outermost = None;
    for _ in 0..trusted_hops {
        match entries.next() {
            Some(entry) => outermost = Some(entry),
            None => break,
        }
    }
    match outermost.map(|entry| std::str::from_utf8(entry).ok().and_then(address)) {
        None => ForwardedAddress::None,
        Some(None) => ForwardedAddress::Unreadable,
        Some(Some(addr)) => ForwardedAddress::Addr(addr),
    }
}

/// An address in any form that proxies write: bare, with a port, in brackets, in quotes, as `for=` of RFC 7239, with a zone.
fn address(entry: &str) -> Option<IpAddr> {
    let entry = entry
        .split(';')
        .map(str::trim)
        .find_map(for_value)
        .unwrap_or(entry)
        .trim();
    let entry = entry.trim_matches('"').trim();
    if let Some(bracketed) = entry.strip_prefix('[') {
        let (inside, behind) = bracketed.split_once(']')?;
        let ends_well = behind.is_empty() || behind.strip_prefix(':').is_some_and(is_port);
        return v6(inside).filter(|_| ends_well).map(IpAddr::V6);
    }
    if let Some((host, port)) = entry.split_once(':')
        && !port.contains(':')
    {
        return host.parse().ok().filter(|_| is_port(port)).map(IpAddr::V4);
    }
    let v4 = entry.parse::<Ipv4Addr>().ok().map(IpAddr::V4);
    v4.or_else(|| v6(entry).map(IpAddr::V6))
}

fn for_value(pair: &str) -> Option<&str> {
    let (name, value) = pair.split_once('=')?;
    name.trim().eq_ignore_ascii_case("for").then_some(value)
}

fn v6(text: &str) -> Option<Ipv6Addr> {
    text.split('%').next()?.parse().ok()
}

/// A port, or the name that RFC 7239 lets a proxy give it.
fn is_port(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-'))
}

#[cfg(test)]
mod tests {
    use http::{HeaderValue, Request};

    use super::*;

    fn seen(lines: &[&[u8]], hops: usize) -> String {
        let mut request = Request::new(());
        let peer = SocketAddr::from(([10, 0, 0, 9], 1234));
        request.extensions_mut().insert(Peer(peer));
        for line in lines {
            let value = HeaderValue::from_bytes(line).expect("a header value");
            request.headers_mut().append("x-forwarded-for", value);
        }
        let addr = client_addr(request.extensions(), request.headers(), hops);
        addr.map_or_else(|| "unknown".to_owned(), |addr| addr.to_string())
    }

    #[test]
    fn only_our_own_proxies_are_believed() {
        assert_eq!(
            seen(&[b"1.1.1.1"], 0),
            "10.0.0.9",
            "without a proxy the header is hearsay"
        );
        assert_eq!(seen(&[b"6.6.6.6, 1.1.1.1"], 1), "1.1.1.1");
        assert_eq!(seen(&[b"6.6.6.6, 1.1.1.1, 10.0.0.1"], 2), "1.1.1.1");
        assert_eq!(seen(&[], 1), "10.0.0.9");
    }

    #[test]
    fn x38_every_form_of_an_address_is_read() {
        for (entry, addr) in [
            ("203.0.113.7:51234", "203.0.113.7"),
            ("203.0.113.7", "203.0.113.7"),
            (" 203.0.113.7 ", "203.0.113.7"),
            ("\"203.0.113.7:51234\"", "203.0.113.7"),
            ("[2001:db8::1]:443", "2001:db8::1"),
            ("[2001:db8::1]", "2001:db8::1"),
            ("\"[2001:db8::1]:443\"", "2001:db8::1"),
            ("2001:db8::1", "2001:db8::1"),
            ("fe80::1%eth0", "fe80::1"),
            ("[fe80::1%25eth0]:1", "fe80::1"),
            ("::ffff:203.0.113.7", "203.0.113.7"),
            ("[::ffff:203.0.113.7]:80", "203.0.113.7"),
            ("for=203.0.113.7", "203.0.113.7"),
            ("For=\"[2001:db8::1]:4711\"", "2001:db8::1"),
            ("proto=https; for=203.0.113.7:_port;by=10.0.0.1", "203.0.113.7"),
        ] {
            assert_eq!(seen(&[entry.as_bytes()], 1), addr, "{entry}");
        }
    }

    #[test]
    fn x38_what_is_unreadable_is_nobody_and_never_the_proxy() {
        for entry in [
            "unknown",
            "\"unknown\"",
            "for=_hidden",
            "unix:",
            "nonsense",
            "",
            " ",
            "203.0.113.7:",
            "203.0.113.7:1:2",
            "[2001:db8::1",
            "[2001:db8::1]x",
            "[203.0.113.7]:1",
            "999.1.1.1",
            "203.0.113.7 6.6.6.6",
        ] {
            assert_eq!(
                seen(&[format!("6.6.6.6, {entry}").as_bytes()], 1),
                "unknown",
                "{entry:?}"
            );
        }
    }

    #[test]
    fn x38_a_client_cannot_choose_what_it_is() {
        assert_eq!(
            seen(&[b"6.6.6.6", b"1.1.1.1"], 1),
            "1.1.1.1",
            "a second line is behind the first"
        );
        assert_eq!(seen(&[b"6.6.6.6", b"1.1.1.1, 10.0.0.1"], 2), "1.1.1.1");
        assert_eq!(seen(&[b"\xff\xfe, 1.1.1.1"], 1), "1.1.1.1", "bytes that are no text");
        assert_eq!(
            seen(&[b"\"open, 1.1.1.1"], 1),
            "1.1.1.1",
            "a quote that is never closed"
        );
        assert_eq!(seen(&[b"for=6.6.6.6, 1.1.1.1"], 1), "1.1.1.1");
        assert_eq!(seen(&[b"6.6.6.6,"], 1), "unknown", "what is empty is an entry");
        assert_eq!(seen(&[b"1.1.1.1"], 2), "1.1.1.1", "one proxy fewer was in between");
    }
}
