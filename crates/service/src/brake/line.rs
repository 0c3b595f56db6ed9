//! How far time has passed while a server watched.

use crate::steady::judge::TOLERANCE;

/// What a clock may gain on this line while it is within tolerance, as a part of the time that passes: pauses of a virtual
/// machine and corrections of the date add up over months.
const REGAINED: i64 = 100;

/// Starts where expiry had come to, and moves on by the time that passes on the monotonic clock. Unlike the steady
/// time it does not move when a jump has lasted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Line {
    at: i64,
    /// When that was, on the monotonic clock; milliseconds.
    looked: i64,
}

impl Line {
    pub(crate) fn new(at: i64, elapsed: i64) -> Self {
        Self { at, looked: elapsed }
    }

    /// Lets time pass. Answers up to when it has passed: to `now`, if that is within tolerance.
    pub(crate) fn pass(&mut self, now: i64, elapsed: i64) -> i64 {
        let passed = elapsed - self.looked;
        let at = self.at.saturating_add(passed);
        let lag = now.saturating_sub(at);
        if lag > TOLERANCE {
            *self = Self::new(at, elapsed);
            return at;
        }
        *self = Self::new(now.min(at.saturating_add(passed / REGAINED)), elapsed);
        now
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: i64 = 60_000;
    const HOUR: i64 = 60 * MINUTE;
    const DAY: i64 = 24 * HOUR;
    const T: i64 = 1_800_000_000_000;

    #[test]
    fn n15_time_that_passes_is_seen_and_a_jump_is_not() {
        let mut line = Line::new(T, 0);
        assert_eq!(line.pass(T + 8 * DAY, 8 * DAY), T + 8 * DAY);
        // However long the date stays there.
        for hours in 1..1000 {
            let seen = 8 * DAY + hours * HOUR;
            assert_eq!(line.pass(T + 400 * DAY + seen, seen), T + seen);
        }
        assert_eq!(line.pass(T + 60 * DAY, 60 * DAY), T + 60 * DAY, "it came back");
    }

    #[test]
    fn n15_a_clock_that_runs_too_fast_is_found_out() {
        let mut line = Line::new(T, 0);
        // A minute takes a second: no step is as long as the tolerance.
        let caught = (1..10_000).find(|seconds| {
            let (now, elapsed) = (T + seconds * MINUTE, seconds * 1000);
            line.pass(now, elapsed) < now
        });
        assert_eq!(caught, Some(62));
    }

    #[test]
    fn n15_pauses_are_forgiven_when_they_are_short_and_rare() {
        let mut line = Line::new(T, 0);
        let (mut now, mut elapsed) = (T, 0);
        for _ in 0..3650 {
            // A backup stops the machine for five minutes every night.
            now += DAY;
            elapsed += DAY - 5 * MINUTE;
            assert_eq!(line.pass(now, elapsed), now);
        }
    }

    #[test]
    fn n15_a_clock_that_is_set_back_takes_the_line_with_it() {
        let mut line = Line::new(T, 0);
        assert_eq!(line.pass(T - 10 * DAY, 0), T - 10 * DAY);
        assert_eq!(line.pass(T, 0), T - 10 * DAY);
    }
}
