//! A proxy in front that the operator did not name: all its visitors look like one client.

use std::{
    net::IpAddr,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use http::HeaderMap;

/// The warning for the operator.
pub(crate) const UNNAMED_PROXY: &str = "a request came with X-Forwarded-For, and SEALDROP_TRUSTED_PROXY_HOPS is 0: if a proxy of yours is \
     in front, all its clients are one to every bound and budget. Set it to the number of proxies that append to the header";
/// How long the warning lasts after the last such request.
const WARNED_FOR: Duration = Duration::from_secs(3600);

/// When a request last came from one.
#[derive(Debug, Default)]
pub(crate) struct UnnamedProxy(Mutex<Option<Instant>>);

impl UnnamedProxy {
    pub(super) fn note(&self, now: Instant) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(now);
    }

    /// The warning, if there was one lately.
    pub(crate) fn warning(&self, now: Instant) -> Option<&'static str> {
        let last = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        last.filter(|last| now.saturating_duration_since(*last) < WARNED_FOR)
            .map(|_| UNNAMED_PROXY)
    }
}

/// Whether the peer forwards for others from this machine or this network, and the operator named no proxy. Somebody who reaches the
/// server like that without one gains that the number of mails they ask for is not bounded by host; by address it is.
pub(super) fn is_unnamed_proxy(peer: Option<IpAddr>, headers: &HeaderMap, trusted_hops: usize) -> bool {
    let is_near = peer.is_some_and(|peer| match peer.to_canonical() {
        IpAddr::V4(ip) => ip.is_loopback() || ip.is_private(),
        IpAddr::V6(ip) => ip.is_loopback() || ip.is_unique_local(),
    });
    trusted_hops == 0 && is_near && headers.contains_key("x-forwarded-for")
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn r14_a_proxy_that_nobody_named_is_no_host() {
        let is_proxy = |peer: &str, forwards: bool, hops: usize| {
            let peer: IpAddr = peer.parse().expect("an address");
            let mut headers = HeaderMap::new();
            if forwards {
                headers.insert("x-forwarded-for", HeaderValue::from_static("9.9.9.9"));
            }
            is_unnamed_proxy(Some(peer), &headers, hops)
        };
        assert!(
            is_proxy("127.0.0.1", true, 0) && is_proxy("10.0.0.1", true, 0) && is_proxy("::ffff:127.0.0.1", true, 0)
        );
        assert!(!is_proxy("127.0.0.1", false, 0), "this machine itself");
        assert!(!is_proxy("127.0.0.1", true, 1), "it was named");
        assert!(!is_proxy("203.0.113.7", true, 0), "a stranger says what it likes");
    }

    #[test]
    fn r14_the_warning_lasts_an_hour() {
        let (proxy, start) = (UnnamedProxy::default(), Instant::now());
        assert_eq!(proxy.warning(start), None);
        proxy.note(start);
        assert!(proxy.warning(start + Duration::from_secs(3599)).is_some());
        assert_eq!(proxy.warning(start + Duration::from_secs(3600)), None);
    }
}
