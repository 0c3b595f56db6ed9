//! When an attempt to move a part is given up: a slow line is not a silent one, and a bucket may take its time to answer.
//!
//! All times are in milliseconds, as browsers tell them: what a page loads is smaller for it.

/// Milliseconds that no byte of a body may move before its line is taken for dead, and that an answer may take at least.
pub const SILENCE: f64 = 30_000.0;
/// How many times as long as a part usually takes an answer may.
const PATIENCE: f64 = 4.0;
/// Milliseconds that an answer may take at most, however slow all was before.
const LONGEST: f64 = 600_000.0;
/// Bytes that a part counts for at least: of a small one nearly all the time is that of an answer, and not of its bytes.
const LEAST: u64 = 1 << 20;

/// How long moving bytes takes, from the request to the end of its answer, smoothed over the last parts. Nothing at first.
#[derive(Debug, Clone, Copy, Default)]
pub struct Pace {
    /// Milliseconds a byte.
    per_byte: Option<f64>,
}

impl Pace {
    /// The same after a part of so many bytes took so many milliseconds. Half of it is the newest part: a line that changes is
    /// soon known.
    #[must_use]
    pub fn after(self, bytes: u64, took: f64) -> Self {
        let new = took / bytes.max(LEAST) as f64;
        Self {
            per_byte: Some((self.per_byte.unwrap_or(new) + new) / 2.0),
        }
    }

    /// Milliseconds that so many bytes usually take.
    #[must_use]
    pub fn usual(self, bytes: u64) -> Option<f64> {
        self.per_byte.map(|per_byte| per_byte * bytes as f64)
    }
}

/// One attempt to move a body, from the moment of its request on: what comes before (a turn, a slow disk) is not the line's.
/// Moments are milliseconds since any fixed one.
#[derive(Debug, Clone, Copy)]
pub struct Watch {
    len: u64,
    begun: f64,
    moved: u64,
    moved_at: f64,
}

impl Watch {
    /// Of a body of `len` bytes, requested `now`.
    #[must_use]
    pub const fn begin(len: u64, now: f64) -> Self {
        Self {
            len,
            begun: now,
            moved: 0,
            moved_at: now,
        }
    }

    /// Notes that so many bytes have moved until `now`. Whether these are more than before.
    pub fn note(&mut self, moved: u64, now: f64) -> bool {
        let is_more = moved > self.moved;
        if is_more {
            (self.moved, self.moved_at) = (moved, now);
        }
        is_more
    }

    /// Whether to give it up: no byte for [`SILENCE`]; or, once all are on their way, no answer for longer than that and than
    /// four times what such a part usually takes (or these bytes took, if that is more: some may still be in buffers), and in
    /// no case for more than ten minutes.
    #[must_use]
    pub fn is_over(&self, pace: Pace, now: f64) -> bool {
        let usual = if self.moved < self.len {
            0.0
        } else {
            pace.usual(self.len).unwrap_or(0.0).max(self.moved_at - self.begun)
        };
        now - self.moved_at > (usual * PATIENCE).clamp(SILENCE, LONGEST)
    }

    /// The pace after this was given up `now`. That all was sent and the answer did not come in time may mean that answers are
    /// slow here: the next attempt waits longer, or it would be given up as well, for ever.
    #[must_use]
    pub fn given_up(&self, pace: Pace, now: f64) -> Pace {
        if self.moved < self.len {
            pace
        } else {
            pace.after(self.len, now - self.begun)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEN: u64 = 10 << 20;

    fn at(seconds: u32) -> f64 {
        f64::from(seconds) * 1_000.0
    }

    #[test]
    fn u02_a_slow_line_is_not_a_silent_one() {
        let mut watch = Watch::begin(LEN, at(100));
        for minute in 1..20 {
            assert!(watch.note(minute.into(), at(100 + minute * 29)));
            assert!(!watch.is_over(Pace::default(), at(100 + minute * 29 + 29)), "{minute}");
        }
        assert!(watch.is_over(Pace::default(), at(100 + 19 * 29 + 31)));
        // The same number again is no sign of life.
        assert!(!watch.note(19, at(100 + 19 * 29 + 31)));
        assert!(watch.is_over(Pace::default(), at(100 + 19 * 29 + 31)));
        // Usually slow, and silent all the same.
        assert!(watch.is_over(Pace::default().after(LEN, at(600)), at(100 + 19 * 29 + 31)));
    }

    #[test]
    fn u02_an_answer_may_take_four_times_as_long_as_a_part_usually_does() {
        let mut watch = Watch::begin(LEN, at(0));
        watch.note(LEN, at(1));
        for (usual, bears, gives_up) in [(1, 30, 32), (7, 30, 32), (12, 48, 50), (60, 240, 242)] {
            let pace = Pace::default().after(LEN, at(usual));
            assert!(!watch.is_over(pace, at(1 + bears)), "{usual}");
            assert!(watch.is_over(pace, at(1 + gives_up)), "{usual}");
        }
        assert!(!watch.is_over(Pace::default(), at(31)) && watch.is_over(Pace::default(), at(32)));
    }

    #[test]
    fn u02_what_is_slower_than_usual_is_measured_by_itself() {
        let mut watch = Watch::begin(LEN, at(0));
        watch.note(LEN, at(100));
        for pace in [Pace::default(), Pace::default().after(LEN, at(1))] {
            assert!(!watch.is_over(pace, at(500)) && watch.is_over(pace, at(501)));
        }
    }

    #[test]
    fn a_pace_follows_the_last_parts_and_goes_by_bytes() {
        assert_eq!(Pace::default().usual(LEN), None);
        let pace = Pace::default().after(LEN, at(8)).after(LEN / 2, at(12));
        assert_eq!((pace.usual(LEN), pace.usual(LEN / 4)), (Some(at(16)), Some(at(4))));
    }

    #[test]
    fn u02_small_parts_say_little_of_large_ones_and_nothing_is_waited_for_without_end() {
        let pace = Pace::default().after(300, at(3));
        assert_eq!(pace.usual(LEN), Some(at(30)));
        let mut watch = Watch::begin(LEN, at(0));
        watch.note(LEN, at(1));
        assert!(watch.is_over(Pace::default().after(LEN, at(3_600)), at(602)));
    }

    #[test]
    fn u02_an_answer_that_is_always_slow_is_waited_for_in_the_end() {
        let (mut pace, mut tries) = (Pace::default(), 0);
        loop {
            let mut watch = Watch::begin(LEN, at(0));
            watch.note(LEN, at(1));
            let Some(now) = (1..100).map(at).find(|now| watch.is_over(pace, *now)) else {
                break;
            };
            pace = watch.given_up(pace, now);
            tries += 1;
            assert!(tries < 4, "each is given up like the one before");
        }
        // A line that went silent under way says nothing of answers.
        assert_eq!(
            Watch::begin(LEN, at(0)).given_up(Pace::default(), at(31)).usual(LEN),
            None
        );
    }
}
