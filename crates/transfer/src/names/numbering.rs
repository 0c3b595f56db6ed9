//! Numbers for names that are taken: ` (2)`, ` (3)` … behind the stem.

use std::collections::HashMap;

use super::extension::{cut, split_extension};

/// Bytes kept free for a number, whatever it comes to: stems that are equal up to there are numbered together.
const ROOM: usize = " (4294967295)".len();

/// Numbers the names of one list. Names whose numbered forms could meet share one count, so that all of them together are tried
/// about as often as there are names, however a hostile list chose them.
#[derive(Default)]
pub(crate) struct Numbering {
    next: HashMap<String, u32>,
    tried: u64,
}

impl Numbering {
    /// The first `name (2).ext`, `name (3).ext` … that is free, of at most `max` bytes. What is equal after `fold` meets, within
    /// a folder.
    pub(crate) fn free(
        &mut self,
        folder: &str,
        name: &str,
        max: usize,
        fold: &dyn Fn(&str) -> String,
        is_free: &mut dyn FnMut(&str) -> bool,
    ) -> String {
        let (stem, extension) = split_extension(name);
        let stem = cut(stem, max.saturating_sub(ROOM + extension.len()));
        let next = self
            .next
            .entry(fold(&format!("{folder}/{stem}/{extension}")))
            .or_insert(2);
        loop {
            let candidate = format!("{stem} ({next}){extension}");
            *next += 1;
            self.tried += 1;
            if is_free(&candidate) {
                return candidate;
            }
        }
    }

    /// Names tried so far.
    pub(crate) const fn tried(&self) -> u64 {
        self.tried
    }
}
