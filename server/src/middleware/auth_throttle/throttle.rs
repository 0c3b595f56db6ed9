//! What was guessed, by whom, and how long they wait.

use std::{
    hash::{BuildHasher as _, RandomState},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::response::{IntoResponse as _, Response};
use http::StatusCode;
use sealdrop_api::ProblemType;
use sealdrop_service::SharedLimit;
use tokio::time::Instant;

use super::{
    debts::{Debts, Terms},
    known::Known,
    permits::{self, Permits},
};
use crate::{client_network::ClientNetwork, problem::ProblemResponse};

/// Of one client at one thing, and of one client in all: twenty in a row, then one every three seconds.
const OF_CLIENT: Terms = Terms {
    forgiven_in: Duration::from_secs(3),
    allowed: Duration::from_secs(19 * 3),
    most: Duration::from_secs(120),
};
/// Of one client at all servers of an installation, as far as they share a Redis: as at one of them.
pub(super) const SHARED: SharedLimit = SharedLimit {
    name: "guesses",
    burst: 20,
    whole_in: Duration::from_secs(60),
};
/// As many /64 of one IPv6 site have a budget each; beyond that they share.
const OF_SITE: Terms = Terms {
    forgiven_in: Duration::from_millis(3000 / 16),
    ..OF_CLIENT
};
/// About one link, from all clients: sixty in a row, then one a second. The last in the row hears it twenty seconds later.
const OF_LINK: Terms = Terms {
    forgiven_in: Duration::from_secs(1),
    allowed: Duration::from_secs(60),
    most: Duration::from_secs(80),
};

/// What was guessed, and what was right.
#[derive(Debug, Default)]
pub(crate) struct AuthThrottle {
    permits: Arc<Permits>,
    networks: Mutex<Debts<ClientNetwork>>,
    links: Mutex<Debts<u64>>,
    known: Mutex<Known>,
    /// Everything is remembered by a keyed hash of what was asked for: also of what does not exist.
    hasher: RandomState,
}

/// What is asked about: the first id of the path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Thing {
    Link([u8; 16]),
    Upload([u8; 16]),
}

/// Who asks about what, and the proof that was shown, if one was.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked {
    pub(super) client: Option<ClientNetwork>,
    pub(super) thing: Thing,
    pub(super) proof: Option<u64>,
}

impl AuthThrottle {
    pub(super) fn proof(&self, thing: Thing, secret: Option<[u8; 32]>) -> Option<u64> {
        secret.map(|secret| self.hasher.hash_one((thing, secret)))
    }

    pub(super) fn is_known(&self, proof: Option<u64>) -> bool {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        proof.is_some_and(|proof| known.holds(proof, Instant::now()))
    }

    pub(super) fn remember(&self, proof: Option<u64>) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        proof
            .into_iter()
            .for_each(|proof| known.remember(proof, Instant::now()));
    }

    fn forget(&self, proof: Option<u64>) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        proof.into_iter().for_each(|proof| known.forget(proof));
    }

    /// Charges a wrong guess to the client. If it has made too many, returns how long it must wait before it gets a result.
    pub(super) fn charge(&self, client: ClientNetwork, now: Instant) -> Option<Duration> {
        let mut debts = self.networks.lock().unwrap_or_else(PoisonError::into_inner);
        let of_site = client.site().and_then(|site| debts.beyond(&site, OF_SITE, now));
        let wait = debts.beyond(&client, OF_CLIENT, now).max(of_site);
        if wait.is_none() {
            debts.add(client, OF_CLIENT, now);
            if let Some(site) = client.site() {
                debts.add(site, OF_SITE, now);
            }
        }
        wait
    }

    /// Charges a wrong guess to the link; returns how much later the answer is sent.
    pub(super) fn charge_link(&self, thing: Thing, now: Instant) -> Option<Duration> {
        let link = match thing {
            Thing::Link(_) => self.hasher.hash_one(thing),
            Thing::Upload(_) => return None,
        };
        let mut debts = self.links.lock().unwrap_or_else(PoisonError::into_inner);
        debts.add(link, OF_LINK, now);
        debts.beyond(&link, OF_LINK, now)
    }

    pub(super) async fn judge(&self, asked: Asked, answer: impl Future<Output = Response>) -> Response {
        let Asked { client, thing, proof } = asked;
        let permit = match client {
            None => None,
            Some(client) => {
                let key = self.hasher.hash_one((client, thing));
                match self.permits.take(key, OF_CLIENT, || self.is_known(proof)).await {
                    Ok(permit) => permit,
                    Err(wait) => return ProblemResponse::later(ProblemType::TooManyRequests, wait).into_response(),
                }
            }
        };
        let response = answer.await;
        if response.status() != StatusCode::NOT_FOUND {
            // A link that has ended says so only to who has its key.
            if response.status().is_success() || response.status() == StatusCode::GONE {
                self.remember(proof);
            }
            permit.into_iter().for_each(permits::Permit::give_back);
            return response;
        }
        self.forget(proof);
        let wait = client.and_then(|client| self.charge(client, Instant::now()));
        if let Some(later) = self.charge_link(thing, Instant::now()) {
            // The permit stays taken: a client does not ask on while it has not heard.
            tokio::time::sleep(later).await;
        }
        match wait {
            Some(wait) => ProblemResponse::later(ProblemType::TooManyRequests, wait).into_response(),
            None => response,
        }
    }
}

#[cfg(test)]
mod tests;
