//! A permit for each guess under way: what has not been judged yet counts as wrong.
//!
//! Checking first and charging later would let any number of concurrent guesses pass.

use std::{
    collections::HashMap,
    pin::pin,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::{sync::Notify, time::Instant};

use super::debts::{Debts, Terms};

/// AuthThrottle that one client may have under way and wrong at one thing.
#[derive(Debug, Default)]
pub(super) struct Permits {
    accounts: Mutex<Accounts>,
    settled: Notify,
}

#[derive(Debug, Default)]
struct Accounts {
    debts: Debts<u64>,
    under_way: HashMap<u64, u32>,
}

/// One guess under way. If it is dropped, it counts as wrong, so that hanging up does not make guesses free.
#[derive(Debug)]
pub(super) struct Permit {
    permits: Arc<Permits>,
    key: u64,
    terms: Terms,
    wrong: bool,
}

/// Whether a guess may be made now.
#[derive(Debug, PartialEq, Eq)]
enum Verdict {
    Go,
    /// When one of those under way is settled.
    Wait,
    Later(Duration),
}

impl Permits {
    /// A permit; or how long to stay away. Waits while others of the same client are judged, unless `is_known` says that
    /// there is nothing to guess any more, which answers no permit.
    pub(super) async fn take(
        self: &Arc<Self>,
        key: u64,
        terms: Terms,
        is_known: impl Fn() -> bool,
    ) -> Result<Option<Permit>, Duration> {
        loop {
            let mut settled = pin!(self.settled.notified());
            // From here on, so that nothing is missed between the look and the wait.
            settled.as_mut().enable();
            if is_known() {
                return Ok(None);
            }
            match self.ask(key, terms, Instant::now()) {
                Verdict::Go => {
                    return Ok(Some(Permit {
                        permits: Arc::clone(self),
                        key,
                        terms,
                        wrong: true,
                    }));
                }
                Verdict::Later(wait) => return Err(wait),
                Verdict::Wait => settled.await,
            }
        }
    }

    fn ask(&self, key: u64, terms: Terms, now: Instant) -> Verdict {
        let mut accounts = self.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(wait) = accounts.debts.beyond(&key, terms, now) {
            return Verdict::Later(wait);
        }
        let owed = accounts.debts.owed(&key, now);
        let under_way = accounts.under_way.entry(key).or_default();
        if *under_way > 0 && owed + terms.forgiven_in * *under_way > terms.allowed {
            return Verdict::Wait;
        }
        *under_way += 1;
        Verdict::Go
    }

    fn settle(&self, key: u64, terms: Terms, wrong: bool, now: Instant) {
        {
            let mut accounts = self.accounts.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(under_way) = accounts.under_way.get_mut(&key) {
                *under_way -= 1;
                if *under_way == 0 {
                    accounts.under_way.remove(&key);
                }
            }
            if wrong {
                accounts.debts.add(key, terms, now);
            }
        }
        self.settled.notify_waiters();
    }
}

impl Permit {
    /// It was no wrong guess.
    pub(super) fn give_back(mut self) {
        self.wrong = false;
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.permits.settle(self.key, self.terms, self.wrong, Instant::now());
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt as _;

    use super::*;

    const TERMS: Terms = Terms {
        forgiven_in: Duration::from_secs(3),
        allowed: Duration::from_secs(57),
        most: Duration::from_secs(120),
    };

    fn take(permits: &Arc<Permits>) -> Option<Result<Option<Permit>, Duration>> {
        permits.take(1, TERMS, || false).now_or_never()
    }

    #[test]
    fn n02_what_is_not_judged_yet_counts() {
        let permits = Arc::<Permits>::default();
        let held: Vec<_> = (0..20)
            .map(|_| take(&permits).expect("immediately").expect("allowed"))
            .collect();
        assert!(take(&permits).is_none(), "the next waits for one of them");
        drop(held);
        let refused = take(&permits).expect("immediately").expect_err("twenty were wrong");
        assert!(refused <= TERMS.forgiven_in, "{refused:?}");
    }

    #[test]
    fn n02_what_was_right_is_given_back() {
        let permits = Arc::<Permits>::default();
        for _ in 0..1_000 {
            let permit = take(&permits).expect("immediately").expect("allowed");
            permit.expect("one is needed").give_back();
        }
        assert!(permits.accounts.lock().expect("no panic above").under_way.is_empty());
    }

    #[test]
    fn n02_who_waits_goes_on_when_others_are_settled() {
        let permits = Arc::<Permits>::default();
        let mut held: Vec<_> = (0..20)
            .map(|_| take(&permits).expect("immediately").expect("allowed"))
            .collect();
        let mut waiting = pin!(permits.take(1, TERMS, || false));
        assert!(waiting.as_mut().now_or_never().is_none());
        held.pop().flatten().expect("a permit").give_back();
        let taken = waiting.now_or_never().expect("it wakes when one is settled");
        assert!(taken.is_ok_and(|permit| permit.is_some()));
        let known = permits.take(1, TERMS, || true).now_or_never();
        let known = known.expect("who guesses nothing does not wait");
        assert!(known.is_ok_and(|permit| permit.is_none()), "nothing to guess");
    }
}
