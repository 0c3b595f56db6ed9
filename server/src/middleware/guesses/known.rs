//! Proofs that were right: whoever shows one again guesses nothing, and never waits.

use std::{collections::HashMap, time::Duration};

use tokio::time::Instant;

use super::debts::MAX_REMEMBERED;

/// How long one is remembered after it was last used: a part of the largest transfer takes less.
const KEPT: Duration = Duration::from_secs(3600);
/// Time between two looks for those that were not used.
const SWEPT_EVERY: Duration = Duration::from_secs(60);

/// Keyed hashes of what was shown, with the time of its last use. What it was cannot be read from them.
#[derive(Debug, Default)]
pub(super) struct Known {
    used_at: HashMap<u64, Instant>,
    swept_at: Option<Instant>,
}

impl Known {
    pub(super) fn remember(&mut self, proof: u64, now: Instant) {
        if self.used_at.len() >= MAX_REMEMBERED && !self.used_at.contains_key(&proof) {
            self.make_room(now);
        }
        self.used_at.insert(proof, now);
    }

    pub(super) fn forget(&mut self, proof: u64) {
        self.used_at.remove(&proof);
    }

    pub(super) fn holds(&self, proof: u64, now: Instant) -> bool {
        let at = self.used_at.get(&proof);
        at.is_some_and(|at| now.saturating_duration_since(*at) < KEPT)
    }

    fn make_room(&mut self, now: Instant) {
        if self
            .swept_at
            .is_none_or(|at| now.saturating_duration_since(at) >= SWEPT_EVERY)
        {
            self.swept_at = Some(now);
            self.used_at.retain(|_, at| now.saturating_duration_since(*at) < KEPT);
        }
        if self.used_at.len() >= MAX_REMEMBERED
            && let Some(any) = self.used_at.keys().next().copied()
        {
            self.used_at.remove(&any);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn n02_a_right_proof_is_known_for_an_hour_and_memory_is_bounded() {
        let (mut known, now) = (Known::default(), Instant::now());
        known.remember(1, now);
        assert!(known.holds(1, now) && !known.holds(2, now));
        assert!(!known.holds(1, now + KEPT));
        known.forget(1);
        assert!(!known.holds(1, now));
        (0..70_000).for_each(|n| known.remember(n, now));
        assert!(known.used_at.len() <= MAX_REMEMBERED);
    }
}
