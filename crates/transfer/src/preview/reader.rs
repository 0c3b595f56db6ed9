//! Reading on from some byte: little at first, more as it goes on.

use core::ops::Range;

use super::Preview;
use crate::{error::TransferError, platform::Platform};

/// Records of one step at most: 2 MiB.
const MOST: u64 = 8;

/// One reader of a preview. Nothing is fetched before it is asked for.
///
/// A player looks at a header, jumps to an index, jumps to a place: each of these costs one record. A sequential reader takes
/// one more with each step, so that a film is not fetched in a thousand requests, nor much of it for nothing when a
/// player has enough after two or three MiB.
#[derive(Debug)]
pub struct PreviewReader {
    left: Range<u64>,
    step: u64,
}

impl PreviewReader {
    /// Reads a range of the file.
    #[must_use]
    pub const fn new(range: Range<u64>) -> Self {
        Self { left: range, step: 1 }
    }

    /// The bytes of the file, from and to, that it has yet to read.
    #[must_use]
    pub const fn left(&self) -> Range<u64> {
        self.left.start..self.left.end
    }

    /// The bytes of the file, from and to, that [`next`](Self::next) gives; empty at the end of the range, or of the file.
    #[must_use]
    #[inline(never)]
    pub fn ahead<P: Platform>(&self, preview: &Preview<'_, P>) -> Range<u64> {
        let Range { start, end } = self.left();
        let end = end.min(preview.file_len());
        if start >= end {
            return start..start;
        }
        start..preview.end_of_records(start, self.step).min(end)
    }

    /// The next bytes; nothing at the end of the range, or of the file.
    ///
    /// # Errors
    /// As [`Preview::read`].
    pub async fn next<P: Platform>(&mut self, preview: &Preview<'_, P>) -> Result<Vec<P::Chunk>, TransferError> {
        let ahead = self.ahead(preview);
        if ahead.is_empty() {
            return Ok(Vec::new());
        }
        let pieces = preview.read(ahead.clone()).await?;
        self.left.start = ahead.end;
        self.step = (self.step + 1).min(MOST);
        Ok(pieces)
    }
}
