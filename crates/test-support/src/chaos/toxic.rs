//! What can be done to one request.

use std::{str::FromStr, time::Duration};

use crate::malicious_server::Seeded;

/// One way to spoil a request or its answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Toxic {
    /// The connection is reset after so many bytes of the request's body.
    Reset(u64),
    /// Nothing is read and nothing is said for so long; then the connection ends.
    BlackHole(Duration),
    /// So many bytes of the body pass, and then nothing for so long.
    Stall(u64, Duration),
    /// The request waits so long before it is passed on.
    Latency(Duration),
    /// So many bytes a second in each direction.
    Bandwidth(u64),
    /// The answer ends after so many bytes of it, head included.
    Cut(u64),
    /// The request is done, and its answer waits so long.
    LateAnswer(Duration),
    /// The request is carried out, and its answer is dropped.
    DropAnswer,
    /// This status instead, and nothing is passed on.
    Status(u16),
    /// The request is carried out, and this status is sent instead of its answer.
    StatusAfter(u16),
}

impl Toxic {
    /// One that a client has to get over, short enough for a test of minutes.
    pub(super) fn draw(seeded: &mut Seeded) -> Self {
        let mut below = |end: usize| seeded.below(end) as u64;
        match below(9) {
            0 => Self::Reset(below(11 << 20)),
            1 => Self::BlackHole(Duration::from_millis(500 + below(2_500))),
            2 => Self::Stall(below(4 << 20), Duration::from_millis(500 + below(2_500))),
            3 => Self::Latency(Duration::from_millis(below(1_500))),
            4 => Self::Bandwidth(2 << 20),
            5 => Self::Cut(below(2_000)),
            6 => Self::DropAnswer,
            7 => Self::Status([500, 502, 503, 504, 429, 408][below(6) as usize]),
            _ => Self::StatusAfter([500, 503][below(2) as usize]),
        }
    }
}

impl FromStr for Toxic {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("{text:?} is no toxic");
        let mut words = text.split(':');
        let name = words.next().unwrap_or_default();
        let mut number = || words.next().and_then(|n| n.parse::<u64>().ok()).ok_or_else(wrong);
        let status = |n: u64| u16::try_from(n).map_err(|_| wrong());
        let toxic = match name {
            "reset" => Self::Reset(number()?),
            "black-hole" => Self::BlackHole(Duration::from_millis(number()?)),
            "stall" => Self::Stall(number()?, Duration::from_millis(number()?)),
            "latency" => Self::Latency(Duration::from_millis(number()?)),
            "bandwidth" => Self::Bandwidth(number()?),
            "cut" => Self::Cut(number()?),
            "late-answer" => Self::LateAnswer(Duration::from_millis(number()?)),
            "drop-answer" => Self::DropAnswer,
            "status" => Self::Status(status(number()?)?),
            "status-after" => Self::StatusAfter(status(number()?)?),
            _ => return Err(wrong()),
        };
        if words.next().is_some() {
            Err(wrong())
        } else {
            Ok(toxic)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_read_whole() {
        assert_eq!("reset:4194304".parse(), Ok(Toxic::Reset(4 << 20)));
        assert_eq!("stall:5:200".parse(), Ok(Toxic::Stall(5, Duration::from_millis(200))));
        assert_eq!("drop-answer".parse(), Ok(Toxic::DropAnswer));
        for wrong in ["", "reset", "reset:x", "reset:1:2", "drop-answer:1", "status:70000"] {
            assert!(wrong.parse::<Toxic>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_seed_draws_the_same_again() {
        let draw = |seed| {
            let mut seeded = Seeded::new(seed);
            (0..50).map(|_| Toxic::draw(&mut seeded)).collect::<Vec<_>>()
        };
        assert_eq!(draw(7), draw(7));
        assert_ne!(draw(7), draw(8));
    }
}
