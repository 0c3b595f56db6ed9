//! How many uploads a client may begin: a number without a wait, and the same number again in the course of [`WHOLE_IN`].

use std::{collections::HashMap, time::Duration};

use super::tag::ClientTag;

/// Time in which a whole budget comes back.
pub(crate) const WHOLE_IN: Duration = Duration::from_secs(600);
/// Clients that are remembered; each takes under 100 bytes.
const MAX_REMEMBERED: usize = 65_536;
/// Time between two looks for those that can be forgotten.
const SWEEP_EVERY: Duration = Duration::from_secs(3);

/// When each client will have its whole budget again, on the monotonic clock.
#[derive(Debug, Default)]
pub(super) struct Rates {
    whole_at: HashMap<ClientTag, Duration>,
    swept_at: Duration,
}

impl Rates {
    /// One more. If there is nothing left: how long until there is.
    pub(super) fn charge(&mut self, client: ClientTag, burst: u32, now: Duration) -> Result<(), Duration> {
        let price = WHOLE_IN / burst;
        if self.whole_at.len() >= MAX_REMEMBERED {
            self.make_room(now);
        }
        let whole_at = self.whole_at.entry(client).or_insert(now);
        let owed = whole_at.saturating_sub(now) + price;
        if owed > WHOLE_IN {
            return Err(owed - WHOLE_IN);
        }
        *whole_at = now + owed;
        Ok(())
    }

    /// Forgets clients that owe nothing. If all owe something, one is forgiven early, so that memory stays bounded.
    fn make_room(&mut self, now: Duration) {
        if now >= self.swept_at + SWEEP_EVERY {
            self.swept_at = now;
            self.whole_at.retain(|_, whole_at| *whole_at > now);
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

    #[test]
    fn n05_a_client_has_a_budget_of_new_uploads() {
        let (mut rates, start) = (Rates::default(), Duration::from_secs(5));
        let (one, two) = (ClientTag([1; 16]), ClientTag([2; 16]));
        for n in 0..600 {
            assert_eq!(rates.charge(one, 600, start), Ok(()), "{n}");
        }
        assert_eq!(rates.charge(one, 600, start), Err(Duration::from_secs(1)));
        assert_eq!(rates.charge(two, 600, start), Ok(()), "others are not meant");
        assert_eq!(rates.charge(one, 600, start + Duration::from_secs(1)), Ok(()));
        assert!(rates.charge(one, 600, start + Duration::from_secs(1)).is_err());
    }

    #[test]
    fn n05_memory_for_budgets_is_bounded() {
        let mut rates = Rates::default();
        for n in 0..70_000_u128 {
            assert_eq!(rates.charge(ClientTag(n.to_be_bytes()), 10, Duration::ZERO), Ok(()));
        }
        assert!(rates.whole_at.len() <= MAX_REMEMBERED);
    }
}
