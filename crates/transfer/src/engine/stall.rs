//! Stall detection: when an attempt to move a part is given up. A slow line moves bytes, and a bucket may answer late.
//!
//! All times are in milliseconds, as browsers tell them: what a page loads is smaller for it.

/// Milliseconds without a moved byte after which a connection has stalled. An answer may take at least as long.
pub const STALL_TIMEOUT: f64 = 30_000.0;
/// An answer may take this many times as long as such a part usually takes.
const ANSWER_FACTOR: f64 = 4.0;
/// Milliseconds that an answer may take at most.
const LONGEST: f64 = 600_000.0;
/// Bytes that a part counts for at least: a small part takes about as long as its answer.
const LEAST: u64 = 1 << 20;

/// Time per moved byte, from the request to the end of its answer, smoothed over the last parts. Unknown at first.
#[derive(Debug, Clone, Copy, Default)]
pub struct Throughput {
    /// Milliseconds a byte.
    per_byte: Option<f64>,
}

impl Throughput {
    /// The value after a part of `bytes` bytes took `took` milliseconds. The newest part weighs half, to follow a network
    /// that changes.
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

/// Watches one attempt to move a body, from its request on: waiting for a permit or a disk does not count. Times are
/// milliseconds since any fixed moment.
#[derive(Debug, Clone, Copy)]
pub struct StallDetector {
    len: u64,
    begun: f64,
    moved: u64,
    moved_at: f64,
}

impl StallDetector {
    /// Starts with the request of a body of `len` bytes.
    #[must_use]
    pub const fn begin(len: u64, now: f64) -> Self {
        Self {
            len,
            begun: now,
            moved: 0,
            moved_at: now,
        }
    }

    /// Notes how many bytes have moved until `now`. Returns whether these are more than before.
    pub fn note(&mut self, moved: u64, now: f64) -> bool {
        let is_more = moved > self.moved;
        if is_more {
            (self.moved, self.moved_at) = (moved, now);
        }
        is_more
    }

    /// Whether to give it up: no byte for [`STALL_TIMEOUT`]; or, once all are on their way, no answer for longer than that and than
    /// four times what such a part usually takes (or these bytes took, if that is more: some may still be in buffers), and in
    /// no case for more than ten minutes.
    #[must_use]
    pub fn has_stalled(&self, throughput: Throughput, now: f64) -> bool {
        let usual = if self.moved < self.len {
            0.0
        } else {
            throughput
                .usual(self.len)
                .unwrap_or(0.0)
                .max(self.moved_at - self.begun)
        };
        now - self.moved_at > (usual * ANSWER_FACTOR).clamp(STALL_TIMEOUT, LONGEST)
    }

    /// The throughput after this was given up `now`. That all was sent and the answer did not come in time may mean that answers are
    /// slow here: the next attempt waits longer, or it would be given up as well, for ever.
    #[must_use]
    pub fn after_stall(&self, throughput: Throughput, now: f64) -> Throughput {
        if self.moved < self.len {
            throughput
        } else {
            throughput.after(self.len, now - self.begun)
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
        let mut detector = StallDetector::begin(LEN, at(100));
        for minute in 1..20 {
            assert!(detector.note(minute.into(), at(100 + minute * 29)));
            assert!(
                !detector.has_stalled(Throughput::default(), at(100 + minute * 29 + 29)),
                "{minute}"
            );
        }
        assert!(detector.has_stalled(Throughput::default(), at(100 + 19 * 29 + 31)));
        // The same number again is no sign of life.
        assert!(!detector.note(19, at(100 + 19 * 29 + 31)));
        assert!(detector.has_stalled(Throughput::default(), at(100 + 19 * 29 + 31)));
        // Usually slow, and silent all the same.
        assert!(detector.has_stalled(Throughput::default().after(LEN, at(600)), at(100 + 19 * 29 + 31)));
    }

    #[test]
    fn u02_an_answer_may_take_four_times_as_long_as_a_part_usually_does() {
        let mut detector = StallDetector::begin(LEN, at(0));
        detector.note(LEN, at(1));
        for (usual, bears, gives_up) in [(1, 30, 32), (7, 30, 32), (12, 48, 50), (60, 240, 242)] {
            let throughput = Throughput::default().after(LEN, at(usual));
            assert!(!detector.has_stalled(throughput, at(1 + bears)), "{usual}");
            assert!(detector.has_stalled(throughput, at(1 + gives_up)), "{usual}");
        }
        assert!(
            !detector.has_stalled(Throughput::default(), at(31)) && detector.has_stalled(Throughput::default(), at(32))
        );
    }

    #[test]
    fn u02_what_is_slower_than_usual_is_measured_by_itself() {
        let mut detector = StallDetector::begin(LEN, at(0));
        detector.note(LEN, at(100));
        for throughput in [Throughput::default(), Throughput::default().after(LEN, at(1))] {
            assert!(!detector.has_stalled(throughput, at(500)) && detector.has_stalled(throughput, at(501)));
        }
    }

    #[test]
    fn a_pace_follows_the_last_parts_and_goes_by_bytes() {
        assert_eq!(Throughput::default().usual(LEN), None);
        let throughput = Throughput::default().after(LEN, at(8)).after(LEN / 2, at(12));
        assert_eq!(
            (throughput.usual(LEN), throughput.usual(LEN / 4)),
            (Some(at(16)), Some(at(4)))
        );
    }

    #[test]
    fn u02_small_parts_say_little_of_large_ones_and_nothing_is_waited_for_without_end() {
        let throughput = Throughput::default().after(300, at(3));
        assert_eq!(throughput.usual(LEN), Some(at(30)));
        let mut detector = StallDetector::begin(LEN, at(0));
        detector.note(LEN, at(1));
        assert!(detector.has_stalled(Throughput::default().after(LEN, at(3_600)), at(602)));
    }

    #[test]
    fn u02_an_answer_that_is_always_slow_is_waited_for_in_the_end() {
        let (mut throughput, mut tries) = (Throughput::default(), 0);
        loop {
            let mut detector = StallDetector::begin(LEN, at(0));
            detector.note(LEN, at(1));
            let Some(now) = (1..100).map(at).find(|now| detector.has_stalled(throughput, *now)) else {
                break;
            };
            throughput = detector.after_stall(throughput, now);
            tries += 1;
            assert!(tries < 4, "each is given up like the one before");
        }
        // A line that went silent under way says nothing of answers.
        assert_eq!(
            StallDetector::begin(LEN, at(0))
                .after_stall(Throughput::default(), at(31))
                .usual(LEN),
            None
        );
    }
}
