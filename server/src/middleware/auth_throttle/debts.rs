//! Who owes how much: a debt grows with each wrong guess and shrinks with time.

use std::{hash::Hash, time::Duration};

use tokio::time::Instant;

use super::remembered::Remembered;

/// How a debt grows, what it may be, and where it ends.
#[derive(Debug, Clone, Copy)]
pub(super) struct Terms {
    /// Time in which one wrong guess is forgiven.
    pub(super) forgiven_in: Duration,
    /// Owed without consequence.
    pub(super) allowed: Duration,
    /// Owed at most, whatever was guessed: what one waits afterwards is bounded by it.
    pub(super) most: Duration,
}

/// Debts by debtor: until when each of them owes something.
#[derive(Debug)]
pub(super) struct Debts<K>(Remembered<K>);

impl<K> Default for Debts<K> {
    fn default() -> Self {
        Self(Remembered::default())
    }
}

impl<K: Copy + Eq + Hash> Debts<K> {
    /// What is owed.
    pub(super) fn owed(&self, key: &K, now: Instant) -> Duration {
        self.0.left(key, now)
    }

    /// What is owed beyond what is allowed: nothing, or for how long.
    pub(super) fn beyond(&self, key: &K, terms: Terms, now: Instant) -> Option<Duration> {
        let wait = self.owed(key, now).checked_sub(terms.allowed)?;
        (!wait.is_zero()).then_some(wait)
    }

    /// One wrong guess more.
    pub(super) fn add(&mut self, key: K, terms: Terms, now: Instant) {
        let owed = (self.owed(&key, now) + terms.forgiven_in).min(terms.most);
        self.0.keep(key, owed, now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TERMS: Terms = Terms {
        forgiven_in: Duration::from_secs(3),
        allowed: Duration::from_secs(57),
        most: Duration::from_secs(120),
    };

    #[test]
    fn twenty_then_wait_then_one_every_three_seconds() {
        let (mut debts, start) = (Debts::default(), Instant::now());
        for n in 0..20 {
            assert_eq!(debts.beyond(&1, TERMS, start), None, "guess {n}");
            debts.add(1, TERMS, start);
        }
        assert_eq!(debts.beyond(&1, TERMS, start), Some(TERMS.forgiven_in));
        assert_eq!(debts.beyond(&2, TERMS, start), None, "others are not meant");
        let later = start + TERMS.forgiven_in;
        assert_eq!(debts.beyond(&1, TERMS, later), None);
        debts.add(1, TERMS, later);
        assert_eq!(debts.beyond(&1, TERMS, later), Some(TERMS.forgiven_in));
        assert_eq!(debts.beyond(&1, TERMS, later + Duration::from_secs(60)), None);
    }

    #[test]
    fn n02_a_debt_ends() {
        let (mut debts, now) = (Debts::default(), Instant::now());
        (0..1_500).for_each(|_| debts.add(1, TERMS, now));
        assert_eq!(debts.owed(&1, now), Duration::from_secs(120));
    }
}
