//! Which addresses are asked. A server says where its storage is, and could send this machine anywhere: into its own network, to
//! services that trust their neighbours, or back from HTTPS to plain HTTP. So requests go to the server that the
//! user named, and to one other origin, where the server itself could be.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex, Once, PoisonError},
};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use sealdrop_transfer::TransferError;
use url::{Host, Url};

use super::{proxy, zone::Zone};
use crate::{terminal::progress_bar::say, text::escape};

/// What is known of the server and of the storage that it named.
#[derive(Debug)]
pub(super) struct AddressPolicy {
    server: Url,
    /// Requests to it go through a proxy, so what is connected to is the proxy.
    is_proxied: bool,
    known: Mutex<Known>,
}

#[derive(Debug)]
struct Known {
    /// Where the server is.
    zone: Zone,
    /// Where its storage is: the first other origin that it named.
    storage: Option<Url>,
}

/// Who is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Destination {
    Server,
    Storage,
}

/// Why an address is not asked; found again in the errors of the client.
#[derive(Debug, thiserror::Error)]
#[error("{host} is {}", .zone.place())]
pub(super) struct Refused {
    host: String,
    zone: Zone,
}

impl Refused {
    pub(super) fn explained(&self) -> TransferError {
        TransferError::AddressRefused {
            host: self.host.clone(),
            why: format!("it is {}, and the server is not", self.zone.place()),
        }
    }
}

impl AddressPolicy {
    pub(super) fn new(server: Url) -> Self {
        say_plain(&server);
        let zone = server.host().and_then(|host| Zone::of_host(&host));
        Self {
            is_proxied: proxy::in_use(server.as_str()).is_some(),
            server,
            known: Mutex::new(Known {
                zone: zone.unwrap_or(Zone::Public),
                storage: None,
            }),
        }
    }

    pub(super) const fn server(&self) -> &Url {
        &self.server
    }

    /// The server answered from there.
    pub(super) fn met(&self, address: Option<SocketAddr>) {
        if let Some(address) = address.filter(|_| !self.is_proxied) {
            self.lock().zone = Zone::of(address.ip());
        }
    }

    #[cfg(test)]
    pub(super) fn place(&self, zone: Zone) {
        self.lock().zone = zone;
    }

    /// Reads an address that the server gave.
    pub(super) fn resolve(&self, address: &str) -> Result<(Destination, Url), TransferError> {
        let url = self.server.join(address).ok();
        let url = url.filter(|url| matches!(url.scheme(), "http" | "https"));
        let url = url.ok_or_else(|| refused(address, "it is no address"))?;
        if url.origin() == self.server.origin() {
            return Ok((Destination::Server, url));
        }
        let host = url.host_str().unwrap_or_default();
        if self.server.scheme() == "https" && url.scheme() == "http" {
            return Err(refused(host, "it is not encrypted (http), and the server is (https)"));
        }
        let mut known = self.lock();
        if let Some(zone) = url
            .host()
            .and_then(|host| Zone::of_host(&host))
            .filter(|zone| !known.zone.may_name(*zone))
        {
            let host = host.to_owned();
            return Err(Refused { host, zone }.explained());
        }
        match &known.storage {
            Some(storage) if storage.origin() == url.origin() => {}
            Some(_) => return Err(refused(host, "it is another one than the server named first")),
            None => known.storage = Some(url.clone()),
        }
        Ok((Destination::Storage, url))
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The addresses of a name that may be connected to.
    fn filter(&self, name: &str, found: impl Iterator<Item = SocketAddr>) -> Result<Vec<SocketAddr>, Refused> {
        let known = self.lock();
        let storage = known.storage.as_ref().and_then(Url::host);
        // What else is looked up is a proxy, which the person named.
        let is_storage = matches!(storage, Some(Host::Domain(storage)) if storage.eq_ignore_ascii_case(name));
        let (mut good, mut bad) = (Vec::new(), None);
        for address in found {
            let zone = Zone::of(address.ip());
            if !is_storage || known.zone.may_name(zone) {
                good.push(address);
            } else {
                bad = Some(zone);
            }
        }
        match bad {
            Some(zone) if good.is_empty() => Err(Refused {
                host: name.to_owned(),
                zone,
            }),
            _ => Ok(good),
        }
    }
}

fn refused(host: &str, why: &str) -> TransferError {
    TransferError::AddressRefused {
        host: host.to_owned(),
        why: why.to_owned(),
    }
}

/// Looks up names for the client that asks the storage. The addresses that it returns are the ones connected to, so a name that
/// changes between check and use is of no help to an attacker.
pub(super) struct FilteredResolver {
    pub(super) policy: Arc<AddressPolicy>,
    pub(super) lookup: Arc<dyn Resolve>,
}

impl Resolve for FilteredResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let (policy, text) = (Arc::clone(&self.policy), name.as_str().to_owned());
        let found = self.lookup.resolve(name);
        Box::pin(async move {
            let good = policy.filter(&text, found.await?)?;
            Ok(Box::new(good.into_iter()) as Addrs)
        })
    }
}

/// The system's way to look up names.
pub(super) struct SystemResolver;

impl Resolve for SystemResolver {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            Ok(Box::new(found.collect::<Vec<_>>().into_iter()) as Addrs)
        })
    }
}

/// Says once that the way to a server is open to everybody on it.
fn say_plain(server: &Url) {
    static SAID: Once = Once::new();
    let is_here = server.host().and_then(|host| Zone::of_host(&host)) == Some(Zone::Here);
    if server.scheme() == "http" && !is_here {
        SAID.call_once(|| {
            say(&format!(
                "The connection to {} is not encrypted (http): anyone on the network path sees which link this is and can end it. \
                 The files stay encrypted.",
                escape(server.host_str().unwrap_or_default())
            ));
        });
    }
}
