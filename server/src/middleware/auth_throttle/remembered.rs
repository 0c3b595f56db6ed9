//! What is remembered for a while, of so many at most.

use std::{collections::HashMap, hash::Hash, time::Duration};

use tokio::time::Instant;

/// Keys that are remembered; each takes under 100 bytes.
pub(super) const MOST: usize = 65_536;
/// Time between two looks for what is over: under a flood from everywhere a look at all of it for every request would be the
/// harm.
const SWEPT_EVERY: Duration = Duration::from_secs(3);

/// Keys, each until an instant of its own.
#[derive(Debug)]
pub(super) struct Remembered<K> {
    until: HashMap<K, Instant>,
    swept_at: Option<Instant>,
}

impl<K> Default for Remembered<K> {
    fn default() -> Self {
        Self {
            until: HashMap::new(),
            swept_at: None,
        }
    }
}

impl<K: Copy + Eq + Hash> Remembered<K> {
    /// The time that is left: zero where it is over, or the key is unknown.
    pub(super) fn left(&self, key: &K, now: Instant) -> Duration {
        let until = self.until.get(key);
        until
            .map(|until| until.saturating_duration_since(now))
            .unwrap_or_default()
    }

    /// Remembers it for so long, whatever was before.
    pub(super) fn keep(&mut self, key: K, left: Duration, now: Instant) {
        if self.until.len() >= MOST && !self.until.contains_key(&key) {
            self.make_room(now);
        }
        self.until.insert(key, now + left);
    }

    pub(super) fn forget(&mut self, key: &K) {
        self.until.remove(key);
    }

    /// Forgets what is over. Where nothing is, something is forgotten early, and memory stays bounded.
    fn make_room(&mut self, now: Instant) {
        if self
            .swept_at
            .is_none_or(|at| now.saturating_duration_since(at) >= SWEPT_EVERY)
        {
            self.swept_at = Some(now);
            self.until.retain(|_, until| *until > now);
        }
        if self.until.len() >= MOST
            && let Some(any) = self.until.keys().next().copied()
        {
            self.until.remove(&any);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn n02_memory_is_bounded_and_what_is_over_goes_first() {
        let (mut all, start) = (Remembered::default(), Instant::now());
        let minute = Duration::from_secs(60);
        (0..70_000).for_each(|n| all.keep(n, minute, start));
        assert_eq!(all.until.len(), MOST);
        let later = start + minute;
        all.keep(70_000, minute, later);
        assert_eq!(all.until.len(), 1);
        assert_eq!(
            (all.left(&70_000, later), all.left(&1, later)),
            (minute, Duration::ZERO)
        );
        all.forget(&70_000);
        assert_eq!(all.left(&70_000, later), Duration::ZERO);
    }
}
