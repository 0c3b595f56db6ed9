//! Retries: how often, with which backoff, and when not.

use core::{future::Future, time::Duration};

use futures::{FutureExt, future::select, pin_mut};

use crate::{
    error::{Retry, TransferError},
    platform::Platform,
};

/// How often one request is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RetryPolicy {
    /// A person waits for a first answer: 3 tries, about a second.
    Interactive,
    /// A transfer is going on: 8 tries in a row, about a minute.
    Transfer,
}

impl RetryPolicy {
    /// Tries in a row at most.
    #[must_use]
    pub const fn tries(self) -> u32 {
        match self {
            Self::Interactive => 3,
            Self::Transfer => 8,
        }
    }
}

/// Longest wait before a try; a server's `Retry-After` is honoured up to the same again.
const LONGEST: Duration = Duration::from_secs(30);

/// The wait after the `failures`-th failure in a row (from 1): `min(30 s, 0.5 s · 2^n)`, of which a random part, but
/// at least what the server asked for. `random` is within `0.0..1.0`.
pub(crate) fn backoff(failures: u32, at_least: Option<Duration>, random: f64) -> Duration {
    let full = Duration::from_millis(500 << failures.saturating_sub(1).min(10)).min(LONGEST);
    full.mul_f64(random).max(at_least.unwrap_or_default().min(2 * LONGEST))
}

/// A random number within `0.0..1.0`: jitter only.
pub(crate) fn jitter() -> f64 {
    let mut bytes = [0; 4];
    match getrandom::fill(&mut bytes) {
        Ok(()) => f64::from(u32::from_be_bytes(bytes)) / f64::from(u32::MAX),
        Err(_) => 0.5,
    }
}

/// What goes on around the tries of a [`retry`]. What is provided here is for a request outside of a transfer.
pub(crate) trait Attempts {
    /// Held during a try.
    type Permit;
    type Platform: Platform;

    fn platform(&self) -> &Self::Platform;

    /// Waits until a try may begin.
    async fn acquire(&self) -> Self::Permit;

    /// A try has ended, with this error or with none.
    fn ended(&self, _error: Option<&TransferError>) {}

    /// There will be no further try.
    fn gave_up(&self) {}

    /// Makes the next try take a new address; `false` if there is none to be had.
    fn renew_address(&self) -> bool {
        false
    }

    /// Waits until there is a network.
    async fn wait_online(&self) {
        self.platform().wait_online().await;
    }

    /// Waits before the next try.
    async fn back_off(&self, wait: Duration) {
        self.platform().sleep(wait).await;
    }
}

/// Of a request outside of a transfer.
impl<P: Platform> Attempts for &P {
    type Permit = ();
    type Platform = P;

    fn platform(&self) -> &P {
        self
    }

    async fn acquire(&self) {}
}

/// Tries an operation until it succeeds: later where the error says that this can help, once in a row with a new address where
/// the old one is refused. The time without network of a transfer is not counted.
pub(crate) async fn retry<T, A: Attempts>(
    attempts: &A,
    policy: RetryPolicy,
    mut attempt: impl AsyncFnMut() -> Result<T, TransferError>,
) -> Result<T, TransferError> {
    let mut failures = 0;
    let mut renewed = false;
    loop {
        let permit = attempts.acquire().await;
        let error = match attempt().await {
            Ok(value) => {
                attempts.ended(None);
                return Ok(value);
            }
            Err(error) => error,
        };
        attempts.ended(Some(&error));
        match error.retry() {
            Retry::Resign if !renewed && attempts.renew_address() => renewed = true,
            Retry::Later(at_least) => {
                renewed = false;
                drop(permit);
                if policy == RetryPolicy::Transfer && !attempts.platform().is_online() {
                    attempts.wait_online().await;
                    continue;
                }
                failures += 1;
                if failures > 1 {
                    // A clock that stood still while the machine slept takes an old address for a new one.
                    attempts.renew_address();
                }
                if failures >= policy.tries() {
                    attempts.gave_up();
                    return Err(error);
                }
                attempts.back_off(backoff(failures, at_least, jitter())).await;
            }
            Retry::Resign | Retry::Never => {
                attempts.gave_up();
                return Err(error);
            }
        }
    }
}

/// Waits, unless `early` comes first.
pub(crate) async fn sleep_unless<P: Platform>(platform: &P, wait: Duration, early: impl Future<Output = ()>) {
    let slept = platform.sleep(wait).fuse();
    pin_mut!(slept, early);
    select(slept, early).await;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_and_stay_bounded() {
        let full: Vec<u64> = (1..=9).map(|n| backoff(n, None, 1.0).as_millis() as u64).collect();
        assert_eq!(full, [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
        assert_eq!(backoff(5, None, 0.0), Duration::ZERO);
        assert_eq!(backoff(1, Some(Duration::from_secs(7)), 0.1), Duration::from_secs(7));
        assert_eq!(
            backoff(1, Some(Duration::from_secs(7_000)), 0.1),
            Duration::from_secs(60)
        );
        assert_eq!(backoff(u32::MAX, None, 1.0), LONGEST);
    }

    #[test]
    fn jitter_is_a_fraction() {
        assert!((0..100).map(|_| jitter()).all(|one| (0.0..=1.0).contains(&one)));
    }
}
