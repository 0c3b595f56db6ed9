//! Signatures that were refused: who sends many is told to wait, and a run of those that look like the provider's own is a finding.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

use crate::client_network::ClientNetwork;

/// Refused signatures that one client may send in a window.
const PER_CLIENT: u32 = 20;
const WINDOW: Duration = Duration::from_secs(60);
/// Clients that are remembered.
const MAX_CLIENTS: usize = 4096;
/// So many in a row are no accident.
const RUN: u32 = 3;

/// What was refused since the start of this process.
pub(crate) struct RefusedSignatures {
    is_limited: bool,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    clients: HashMap<Option<ClientNetwork>, (Instant, u32)>,
    /// The account of events whose signature was good.
    account: Option<String>,
    /// Refused ones that name an account, since the last that was good.
    run: u32,
}

impl RefusedSignatures {
    pub(crate) fn new(is_limited: bool) -> Self {
        Self {
            is_limited,
            state: Mutex::default(),
        }
    }

    /// An event was signed as it should be, and is about this account.
    pub(crate) fn note_good(&self, account: Option<String>) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.run = 0;
        if account.is_some() {
            state.account = account;
        }
    }

    /// A body was not. Whether its sender has to wait.
    pub(crate) fn note_bad(&self, client: Option<ClientNetwork>, account: Option<&str>, now: Instant) -> bool {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        // Before the first good one, every account may be ours.
        let may_be_ours = account.is_some_and(|named| state.account.as_deref().is_none_or(|ours| ours == named));
        if may_be_ours {
            state.run = state.run.saturating_add(1);
            // The first that are no accident, then every power of two: strangers must not fill the log.
            if state.run >= RUN && (state.run == RUN || state.run.is_power_of_two()) {
                tracing::warn!(
                    refused = state.run,
                    "events of the payment provider carry a signature that does not fit RAZORPAY_WEBHOOK_SECRET"
                );
            }
        }
        if !self.is_limited {
            return false;
        }
        if state.clients.len() >= MAX_CLIENTS {
            state
                .clients
                .retain(|_, (began, _)| now.duration_since(*began) < WINDOW);
        }
        if state.clients.len() >= MAX_CLIENTS && !state.clients.contains_key(&client) {
            return true;
        }
        let (began, count) = state.clients.entry(client).or_insert((now, 0));
        if now.duration_since(*began) >= WINDOW {
            (*began, *count) = (now, 0);
        }
        *count = count.saturating_add(1);
        *count > PER_CLIENT
    }

    /// What the operator should look at.
    pub(crate) fn finding(&self) -> Option<String> {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        (state.run >= RUN).then(|| {
            format!(
                "{} events in a row carried a signature that does not fit RAZORPAY_WEBHOOK_SECRET; after a day Razorpay switches the webhook off",
                state.run
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;
    use crate::client_network::Prefixes;

    fn client(n: u8) -> Option<ClientNetwork> {
        let addr = Ipv4Addr::new(192, 0, 2, n).into();
        Some(ClientNetwork::of(addr, Prefixes::default()))
    }

    /// Report 8.
    #[tokio::test(start_paused = true)]
    async fn w01_a_run_of_wrong_signatures_is_a_finding_until_a_good_one_comes() {
        let refused = RefusedSignatures::new(true);
        let now = Instant::now();
        for _ in 0..10 {
            refused.note_bad(client(1), None, now);
        }
        assert_eq!(refused.finding(), None, "what names no account is a stranger's");
        for _ in 0..3 {
            assert_eq!(refused.finding(), None);
            refused.note_bad(client(2), Some("acc_1"), now);
        }
        assert!(
            refused
                .finding()
                .is_some_and(|said| said.starts_with("3 events in a row"))
        );
        refused.note_good(Some("acc_1".to_owned()));
        assert_eq!(refused.finding(), None);
        for _ in 0..5 {
            refused.note_bad(client(2), Some("acc_2"), now);
        }
        assert_eq!(refused.finding(), None, "of another account");
    }

    #[tokio::test(start_paused = true)]
    async fn w01_who_sends_many_has_to_wait_and_nobody_else() {
        let refused = RefusedSignatures::new(true);
        let now = Instant::now();
        let waits = (0..30).filter(|_| refused.note_bad(client(1), None, now)).count();
        assert_eq!(waits, 10);
        assert!(!refused.note_bad(client(2), None, now));
        assert!(!refused.note_bad(client(1), None, now + WINDOW));
        let open = RefusedSignatures::new(false);
        assert!((0..100).all(|_| !open.note_bad(client(1), None, now)));
    }
}
