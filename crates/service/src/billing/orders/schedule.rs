//! When the provider is asked what became of an order that nobody reported.

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
/// Milliseconds for which a link can be paid.
pub(crate) const LINK_LIVES: i64 = 24 * HOUR;
/// The first look, after the order was made.
const FIRST: i64 = 2 * MINUTE;
/// Between two looks while the link can be paid: a payment whose report never comes is found within this.
const WHILE_OPEN: i64 = 10 * MINUTE;
/// Looks after the end of the link: a bank may say late that it has paid, after three days at most.
const AFTER_END: [i64; 6] = [MINUTE, HOUR, 6 * HOUR, 24 * HOUR, 72 * HOUR, 120 * HOUR];

/// The first look after `now`; nothing where none is left.
pub(crate) fn next_look(created_at: i64, expires_at: i64, now: i64) -> Option<i64> {
    let first = created_at.saturating_add(FIRST);
    if now < first {
        return Some(first);
    }
    let next = now.saturating_add(WHILE_OPEN);
    if next < expires_at {
        return Some(next);
    }
    let after = AFTER_END.iter().map(|wait| expires_at.saturating_add(*wait));
    after.into_iter().find(|look| *look > now)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn w05_an_order_is_looked_at_while_it_can_be_paid_and_five_days_on() {
        let (created, expires) = (1_000, 1_000 + LINK_LIVES);
        let mut looks = Vec::new();
        let mut now = created;
        while let Some(look) = next_look(created, expires, now) {
            assert!(look > now);
            looks.push(look);
            now = look;
        }
        assert_eq!(looks[0], created + FIRST);
        let open: Vec<_> = looks.iter().filter(|look| **look < expires).collect();
        assert!(
            open.windows(2).all(|pair| pair[1] - pair[0] <= 15 * MINUTE),
            "found within 15 minutes"
        );
        assert_eq!(looks.last(), Some(&(expires + 120 * HOUR)));
        assert!(looks.len() < 200);
        // A server that was away for long looks once, and ends.
        assert_eq!(next_look(created, expires, expires + 200 * HOUR), None);
    }
}
