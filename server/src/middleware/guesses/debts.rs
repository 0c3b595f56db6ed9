//! Who owes how much: a debt grows with each wrong guess and shrinks with time.

use std::{collections::HashMap, hash::Hash, time::Duration};

use tokio::time::Instant;

/// Debtors remembered at once; each takes under 100 bytes.
pub(super) const MAX_REMEMBERED: usize = 65_536;
/// Time between two looks for those who owe nothing any more: under a flood from everywhere a look at all of them for every
/// request would be the harm.
const SWEPT_EVERY: Duration = Duration::from_secs(3);

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

/// Debts by debtor: when each of them will owe nothing.
#[derive(Debug)]
pub(super) struct Debts<K> {
    whole_at: HashMap<K, Instant>,
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

impl<K: Copy + Eq + Hash> Debts<K> {
    /// What is owed.
    pub(super) fn owed(&self, key: &K, now: Instant) -> Duration {
        let at = self.whole_at.get(key);
        at.map(|at| at.saturating_duration_since(now)).unwrap_or_default()
    }

    /// What is owed beyond what is allowed: nothing, or for how long.
    pub(super) fn beyond(&self, key: &K, terms: Terms, now: Instant) -> Option<Duration> {
        let wait = self.owed(key, now).checked_sub(terms.allowed)?;
        (!wait.is_zero()).then_some(wait)
    }

    /// One wrong guess more.
    pub(super) fn add(&mut self, key: K, terms: Terms, now: Instant) {
        if self.whole_at.len() >= MAX_REMEMBERED {
            self.make_room(now);
        }
        let at = self.whole_at.entry(key).or_insert(now);
        *at = ((*at).max(now) + terms.forgiven_in).min(now + terms.most);
    }

    /// Forgets who owes nothing. Where nobody does, somebody is forgiven early, and memory stays bounded.
    fn make_room(&mut self, now: Instant) {
        if self
            .swept_at
            .is_none_or(|at| now.saturating_duration_since(at) >= SWEPT_EVERY)
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

    #[test]
    fn memory_is_bounded() {
        let (mut debts, now) = (Debts::default(), Instant::now());
        (0..70_000).for_each(|n| debts.add(n, TERMS, now));
        assert!(debts.whole_at.len() <= MAX_REMEMBERED);
    }
}
