//! Wrong guesses cost: an address that hears "not found" twenty times within a minute has to wait.
//!
//! The ids and bearers are too long to be guessed; this keeps it cheap to be asked, and makes scanning visible. A budget
//! belongs to an address (an IPv6 client owns a /64), refills steadily, and is forgotten when full.

use std::{
    collections::HashMap,
    net::IpAddr,
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
    extract::{ClientAddr, client_addr},
    problem::Refusal,
    state::AppState,
};

/// Wrong answers that an address may hear in a row.
const BUDGET: u32 = 20;
/// Time in which one of them is forgiven: twenty a minute.
const FORGIVEN_IN: Duration = Duration::from_secs(3);
/// Addresses remembered at once; each takes under 100 bytes.
const MAX_REMEMBERED: usize = 65_536;

/// Budgets by address.
#[derive(Debug, Default)]
pub(crate) struct Guesses(Mutex<Remembered>);

#[derive(Debug, Default)]
struct Remembered {
    /// When the address will have its whole budget again.
    whole_at: HashMap<IpAddr, Instant>,
    /// When those that have it were last forgotten.
    swept_at: Option<Instant>,
}

impl Guesses {
    /// How long the address has to wait before it may ask, if it has to.
    fn wait(&self, addr: ClientAddr, now: Instant) -> Option<Duration> {
        let remembered = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let debt = remembered.whole_at.get(&owner(addr))?.checked_duration_since(now)?;
        let allowed = FORGIVEN_IN * (BUDGET - 1);
        debt.checked_sub(allowed).filter(|wait| !wait.is_zero())
    }

    /// The address guessed wrong once more.
    fn spend(&self, addr: ClientAddr, now: Instant) {
        let mut remembered = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if remembered.whole_at.len() >= MAX_REMEMBERED {
            remembered.make_room(now);
        }
        let at = remembered.whole_at.entry(owner(addr)).or_insert(now);
        *at = (*at).max(now) + FORGIVEN_IN;
    }
}

impl Remembered {
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

/// What one client owns: an IPv4 address, or a /64 of IPv6.
fn owner(addr: ClientAddr) -> IpAddr {
    match addr.0 {
        IpAddr::V4(_) => addr.0,
        IpAddr::V6(v6) => IpAddr::V6((v6.to_bits() & !u128::from(u64::MAX)).into()),
    }
}

pub(crate) async fn count_guesses(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let guessable = request
        .extensions()
        .get::<MatchedPath>()
        .is_some_and(|path| path.as_str().contains("_id}"));
    let addr = client_addr(&request, state.outside.trusted_hops);
    let (Some(guesses), Some(addr), true) = (state.guesses.as_ref().map(Arc::clone), addr, guessable) else {
        return next.run(request).await;
    };
    if let Some(wait) = guesses.wait(addr, Instant::now()) {
        return Refusal::later(ProblemType::TooManyRequests, wait).into_response();
    }
    let response = next.run(request).await;
    if response.status() == StatusCode::NOT_FOUND {
        guesses.spend(addr, Instant::now());
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn addr(text: &str) -> ClientAddr {
        ClientAddr(text.parse().expect("an address"))
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
    fn memory_is_bounded() {
        let (guesses, now) = (Guesses::default(), Instant::now());
        (0..70_000_u32).for_each(|n| guesses.spend(ClientAddr(IpAddr::from(n.to_be_bytes())), now));
        assert!(guesses.0.lock().expect("no panic above").whole_at.len() <= MAX_REMEMBERED);
    }
}
