//! Proofs that were right: a request that shows one again guesses nothing, and never waits.

use std::time::Duration;

use tokio::time::Instant;

use super::remembered::Remembered;

/// How long one is remembered after it was last used: a part of the largest transfer takes less.
const KEPT: Duration = Duration::from_secs(3600);

/// Keyed hashes of what was shown. What it was cannot be read from them.
#[derive(Debug, Default)]
pub(super) struct Known(Remembered<u64>);

impl Known {
    pub(super) fn remember(&mut self, proof: u64, now: Instant) {
        self.0.keep(proof, KEPT, now);
    }

    pub(super) fn forget(&mut self, proof: u64) {
        self.0.forget(&proof);
    }

    pub(super) fn holds(&self, proof: u64, now: Instant) -> bool {
        !self.0.left(&proof, now).is_zero()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn n02_a_right_proof_is_known_for_an_hour() {
        let (mut known, now) = (Known::default(), Instant::now());
        known.remember(1, now);
        assert!(known.holds(1, now) && !known.holds(2, now));
        assert!(!known.holds(1, now + KEPT));
        known.forget(1);
        assert!(!known.holds(1, now));
    }
}
