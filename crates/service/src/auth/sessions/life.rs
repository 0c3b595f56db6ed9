//! How long a session lasts.

/// Milliseconds after which it is noted again that something is used.
pub(in crate::auth) const SEEN_EVERY: i64 = 5 * 60_000;
/// Milliseconds of a day.
pub(super) const DAY: i64 = 24 * 3_600_000;
/// After so long without use a session is over.
const IDLE: i64 = 14 * DAY;
/// And after so long in any case.
pub(super) const ABSOLUTE: i64 = 30 * DAY;

/// What holds for a session that is live, as a condition on `sessions AS s`.
pub(in crate::auth) fn live() -> String {
    format!("s.ended_at IS NULL AND s.expires_at > {{now}} AND s.seen_at > {{now}} - {IDLE}")
}
