//! What one process thinks of its clock.

use super::judge::Doubt;
use crate::{
    clock::Clock,
    store::{clock::Model, millis},
};

/// What this process thinks of its clock.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Steady {
    /// The line at the last look.
    pub(super) line: i64,
    /// When that was, on the monotonic clock; milliseconds.
    pub(super) looked: i64,
    pub(super) doubt: Option<Doubt>,
    /// Whether a clock of another machine said the same.
    pub(super) confirmed: bool,
}

impl Steady {
    /// From what the database knows. What never noted the time goes by its newest row.
    pub(crate) fn begin(note: Option<Model>, newest_row: Option<i64>, clock: &dyn Clock) -> Self {
        let doubt = note.as_ref().and_then(|note| {
            let (seen_at, left) = note.seen_at.zip(note.doubt_left)?;
            Some(Doubt { seen_at, left })
        });
        Self {
            line: note
                .map(|note| note.noted_at)
                .or(newest_row)
                .unwrap_or_else(|| millis(clock.now())),
            looked: elapsed(clock),
            doubt,
            confirmed: false,
        }
    }

    /// Where the line begins.
    pub(crate) fn begun_at(self) -> i64 {
        self.line
    }

    pub(super) fn line_at(self, elapsed: i64) -> i64 {
        self.line.saturating_add(elapsed - self.looked)
    }
}

/// Milliseconds on the monotonic clock.
pub(super) fn elapsed(clock: &dyn Clock) -> i64 {
    i64::try_from(clock.elapsed().as_millis()).unwrap_or(i64::MAX)
}
