//! Wrong guesses cost: a client that hears "not found" twenty times within a minute has to wait.
//!
//! The ids and bearers are too long to be guessed; this keeps it cheap to be asked, and makes scanning visible. A budget
//! belongs to a client (an IPv4 address, an IPv6 /64), refills steadily, and is forgotten when full.
//!
//! Who guesses one link's password from many addresses meets a second budget, the link's. It never refuses: wrong answers
//! about that link come later, right ones at once, so nobody can shut others out of a link whose address they know.

use std::{
    collections::HashMap,
    hash::{BuildHasher as _, Hash, RandomState},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::{
    extract::{MatchedPath, Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use http::StatusCode;
use sealdrop_api::ProblemType;
use tokio::time::Instant;

use crate::{
    extract::{Client, ClientNetwork},
    problem::Refusal,
    state::AppState,
};

/// Wrong answers that a client may hear in a row.
const BUDGET: u32 = 20;
/// Time in which one of them is forgiven: twenty a minute.
const FORGIVEN_IN: Duration = Duration::from_secs(3);
/// As many /64 of one IPv6 site have a budget each; beyond that they share.
const NETWORKS_OF_SITE: u32 = 16;
/// Wrong answers about one link in a row, whoever hears them; one of them is forgiven each second.
const LINK_BUDGET: u32 = 60;
const LINK_FORGIVEN_IN: Duration = Duration::from_secs(1);
/// How much later those beyond the budget come.
const HELD_BACK: Duration = Duration::from_secs(2);
/// Clients, and links, remembered at once; each takes under 100 bytes.
const MAX_REMEMBERED: usize = 65_536;

/// Budgets by client and by link.
#[derive(Debug, Default)]
pub(crate) struct Guesses {
    networks: Mutex<Debts<ClientNetwork>>,
    links: Mutex<Debts<u64>>,
    /// Links are remembered by a keyed hash of what was asked for: also of those that do not exist.
    hasher: RandomState,
}

/// Who owes how much: when each will have its whole budget again.
#[derive(Debug)]
struct Debts<K> {
    whole_at: HashMap<K, Instant>,
    /// When those that have it were last forgotten.
    swept_at: Option<Instant>,
}

impl<K> Default for Debts<K> {
    fn default() -> Self {
        Self {
            whole_at: HashMap::new(),
            swept_at: None,
        }
    }
}

impl Guesses {
    /// How long a client has to wait before it may ask, if it has to.
    fn wait(&self, client: ClientNetwork, now: Instant) -> Option<Duration> {
        let debts = self.networks.lock().unwrap_or_else(PoisonError::into_inner);
        let of_site = client
            .site()
            .and_then(|site| debts.beyond(&site, FORGIVEN_IN * (BUDGET - 1), now));
        debts.beyond(&client, FORGIVEN_IN * (BUDGET - 1), now).max(of_site)
    }

    /// The client guessed wrong once more.
    fn spend(&self, client: ClientNetwork, now: Instant) {
        let mut debts = self.networks.lock().unwrap_or_else(PoisonError::into_inner);
        debts.add(client, FORGIVEN_IN, now);
        if let Some(site) = client.site() {
            debts.add(site, FORGIVEN_IN / NETWORKS_OF_SITE, now);
        }
    }

    /// Somebody guessed wrong about this link once more: how much later they hear it.
    fn spend_link(&self, link: &str, now: Instant) -> Option<Duration> {
        let link = self.hasher.hash_one(link);
        let mut debts = self.links.lock().unwrap_or_else(PoisonError::into_inner);
        debts.add(link, LINK_FORGIVEN_IN, now);
        debts
            .beyond(&link, LINK_FORGIVEN_IN * LINK_BUDGET, now)
            .map(|_| HELD_BACK)
    }
}

impl<K: Copy + Eq + Hash> Debts<K> {
    /// What is owed beyond what is allowed.
    fn beyond(&self, key: &K, allowed: Duration, now: Instant) -> Option<Duration> {
        let debt = self.whole_at.get(key)?.checked_duration_since(now)?;
        debt.checked_sub(allowed).filter(|wait| !wait.is_zero())
    }

    fn add(&mut self, key: K, forgiven_in: Duration, now: Instant) {
        if self.whole_at.len() >= MAX_REMEMBERED {
            self.make_room(now);
        }
        let at = self.whole_at.entry(key).or_insert(now);
        *at = (*at).max(now) + forgiven_in;
    }

    /// Forgets who owes nothing, at most once in [`FORGIVEN_IN`]: under a flood from everywhere a look at all of them for
    /// every request would be the harm. Then somebody is forgiven early, and memory stays bounded.
    fn make_room(&mut self, now: Instant) {
        if self
            .swept_at
            .is_none_or(|at| now.saturating_duration_since(at) >= FORGIVEN_IN)
        {
            self.swept_at = Some(now);
            self.whole_at.retain(|_, at| *at > now);
        }
        if self.whole_at.len() >= MAX_REMEMBERED
            && let Some(any) = self.whole_at.keys().next().copied()
        {
            self.whole_at.remove(&any);
        }
    }
}

pub(crate) async fn count_guesses(
    State(state): State<AppState>,
    Client(client): Client,
    request: Request,
    next: Next,
) -> Response {
    let guessable = request
        .extensions()
        .get::<MatchedPath>()
        .is_some_and(|path| path.as_str().contains("_id}"));
    let (Some(guesses), true) = (state.guesses.as_ref().map(Arc::clone), guessable) else {
        return next.run(request).await;
    };
    if let Some(wait) = client.and_then(|client| guesses.wait(client, Instant::now())) {
        return Refusal::later(ProblemType::TooManyRequests, wait).into_response();
    }
    let link = link_of(request.uri().path()).map(str::to_owned);
    let response = next.run(request).await;
    if response.status() == StatusCode::NOT_FOUND {
        if let Some(client) = client {
            guesses.spend(client, Instant::now());
        }
        if let Some(later) = link.and_then(|link| guesses.spend_link(&link, Instant::now())) {
            tokio::time::sleep(later).await;
        }
    }
    response
}

/// The link that a path of the API is about, whether there is one or not.
fn link_of(path: &str) -> Option<&str> {
    path.strip_prefix("/api/v1/links/")?.split('/').next()
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use super::*;
    use crate::extract::Prefixes;

    fn addr(text: &str) -> ClientNetwork {
        of(text.parse().expect("an address"))
    }

    fn of(addr: IpAddr) -> ClientNetwork {
        ClientNetwork::of(addr, Prefixes::default())
    }

    #[test]
    fn twenty_then_wait_then_one_every_three_seconds() {
        let (guesses, start, client) = (Guesses::default(), Instant::now(), addr("192.0.2.1"));
        for n in 0..20 {
            assert_eq!(guesses.wait(client, start), None, "guess {n}");
            guesses.spend(client, start);
        }
        assert_eq!(guesses.wait(client, start), Some(FORGIVEN_IN));
        assert_eq!(guesses.wait(addr("192.0.2.2"), start), None, "others are not meant");
        let later = start + FORGIVEN_IN;
        assert_eq!(guesses.wait(client, later), None);
        guesses.spend(client, later);
        assert_eq!(guesses.wait(client, later), Some(FORGIVEN_IN));
        assert_eq!(guesses.wait(client, later + Duration::from_secs(60)), None);
    }

    #[test]
    fn an_ipv6_client_owns_its_64() {
        let (guesses, now) = (Guesses::default(), Instant::now());
        (0..20).for_each(|n| guesses.spend(addr(&format!("2001:db8::{n}")), now));
        assert!(guesses.wait(addr("2001:db8::ffff"), now).is_some());
        assert!(guesses.wait(addr("2001:db8:0:1::1"), now).is_none());
    }

    #[test]
    fn n02_an_ipv6_site_does_not_own_a_budget_for_each_of_its_networks() {
        let (guesses, now) = (Guesses::default(), Instant::now());
        for network in 0..40 {
            (0..10).for_each(|n| guesses.spend(addr(&format!("2001:db8:0:{network}::{n}")), now));
        }
        assert!(guesses.wait(addr("2001:db8:0:ffff::1"), now).is_some());
        assert!(guesses.wait(addr("2001:db8:1::1"), now).is_none());
    }

    #[test]
    fn s04_wrong_guesses_about_one_link_come_later() {
        let (guesses, start) = (Guesses::default(), Instant::now());
        for n in 0..LINK_BUDGET {
            assert_eq!(guesses.spend_link("one", start), None, "guess {n}");
        }
        assert_eq!(guesses.spend_link("one", start), Some(HELD_BACK));
        assert_eq!(guesses.spend_link("two", start), None, "other links are not meant");
        let later = start + Duration::from_secs(200);
        assert_eq!(guesses.spend_link("one", later), None, "and it is forgiven");
        assert_eq!(link_of("/api/v1/links/abc/open"), Some("abc"));
        assert_eq!(link_of("/api/v1/uploads/abc"), None);
    }

    #[test]
    fn memory_is_bounded() {
        let (guesses, now) = (Guesses::default(), Instant::now());
        (0..70_000_u32).for_each(|n| guesses.spend(of(IpAddr::from(n.to_be_bytes())), now));
        assert!(guesses.networks.lock().expect("no panic above").whole_at.len() <= MAX_REMEMBERED);
        for n in 0..70_000_u32 {
            let _ = guesses.spend_link(&n.to_string(), now);
        }
        assert!(guesses.links.lock().expect("no panic above").whole_at.len() <= MAX_REMEMBERED);
    }
}
