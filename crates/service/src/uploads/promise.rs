//! What is promised to one upload: the parts whose addresses were signed and that the bucket was not seen to hold.
//!
//! Kept as part numbers, two bytes each and ascending, because a part is promised once however often it is signed.

use std::collections::BTreeSet;

use sealdrop_api::{limits::PUT_URL_EXPIRES_IN, uploads::PartToSign};

use super::plan::Plan;
use crate::store::{unsigned, uploads::Model};

/// Milliseconds after the last signature for which its addresses can still be used.
pub(crate) const LIVES: i64 = PUT_URL_EXPIRES_IN as i64 * 1000;

/// Promised parts of one upload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Promise {
    parts: BTreeSet<u16>,
    sealed_len: Option<u64>,
    part_len: u64,
}

impl Promise {
    /// As the row has it: nothing once its addresses have expired.
    pub(super) fn of(row: &Model, now: i64) -> Self {
        let lives = row.touched_at.saturating_add(LIVES) > now;
        let noted = row.promised_parts.as_deref().filter(|_| lives).unwrap_or_default();
        Self {
            parts: noted.as_chunks().0.iter().map(|n| u16::from_be_bytes(*n)).collect(),
            sealed_len: row.announced_len.map(unsigned),
            part_len: unsigned(row.part_len),
        }
    }

    /// The first of its parts.
    pub(super) fn first(&self) -> Option<u32> {
        self.parts.first().map(|n| u32::from(*n))
    }

    /// The bucket holds these.
    pub(super) fn keep(&mut self, stored: impl IntoIterator<Item = u32>) {
        for n in stored {
            if let Ok(n) = u16::try_from(n) {
                self.parts.remove(&n);
            }
        }
    }

    /// One more part, if it was not promised before.
    pub(super) fn add(&mut self, part: PartToSign) {
        // No part has a higher number than 10,000.
        if let Ok(n) = u16::try_from(part.n) {
            self.parts.insert(n);
        }
    }

    /// Bytes of all of them; of a pipe, whose parts may be shorter, at most.
    pub(super) fn len(&self) -> u64 {
        let plan = self.sealed_len.and_then(|len| Plan::new(len, self.part_len));
        let len_of = |n: &u16| match plan {
            Some(plan) => plan.len_of(u32::from(*n)).unwrap_or(0),
            None => self.part_len,
        };
        self.parts.iter().map(len_of).sum()
    }

    /// As the row keeps it.
    pub(super) fn noted(&self) -> Option<Vec<u8>> {
        (!self.parts.is_empty()).then(|| self.parts.iter().flat_map(|n| n.to_be_bytes()).collect())
    }
}
