//! How one part is sealed, record by record.

use alloc::vec::Vec;
use core::ops::Range;

use super::slots::RecordSlot;
use crate::{
    object::header::HeaderBytes,
    size::{HDR, NONCE, PROLOGUE, TAG},
};

/// One record of a [`PartPlan`]. Its plaintext is prologue (record 0 only), then content, then zeros.
#[derive(Debug)]
pub struct RecordPlan {
    pub(super) slot: RecordSlot,
    pub(super) offset: usize,
    pub(super) has_prologue: bool,
    pub(super) content: Range<usize>,
    pub(super) zeros: usize,
}

impl RecordPlan {
    /// Nonce and additional data.
    pub const fn slot(&self) -> &RecordSlot {
        &self.slot
    }

    /// Offset of the nonce in the part; ciphertext and tag follow it.
    pub const fn offset(&self) -> usize {
        self.offset
    }

    /// Where ciphertext and tag stand in the part.
    pub fn sealed(&self) -> Range<usize> {
        let start = self.offset + NONCE as usize;
        start..start + self.plain_len() + TAG as usize
    }

    /// Whether the plaintext starts with [`PartPlan::prologue`].
    pub const fn has_prologue(&self) -> bool {
        self.has_prologue
    }

    /// The content bytes of this record, relative to the content of the part.
    pub fn content(&self) -> Range<usize> {
        self.content.clone()
    }

    /// Number of zero bytes behind the content.
    pub const fn zeros(&self) -> usize {
        self.zeros
    }

    /// Length of the plaintext.
    pub fn plain_len(&self) -> usize {
        self.prologue_len() + self.content.len() + self.zeros
    }

    fn prologue_len(&self) -> usize {
        if self.has_prologue { PROLOGUE as usize } else { 0 }
    }

    /// The plaintext, where it is not just a slice of the content.
    pub(crate) fn assemble(&self, prologue: &[u8; PROLOGUE as usize], content: &[u8]) -> Option<Vec<u8>> {
        if self.prologue_len() + self.zeros == 0 {
            return None;
        }
        let mut plain = Vec::with_capacity(self.plain_len());
        if self.has_prologue {
            plain.extend_from_slice(prologue);
        }
        plain.extend_from_slice(&content[self.content()]);
        plain.resize(self.plain_len(), 0);
        Some(plain)
    }
}

/// How to seal one part: header (part 1 only), then for each record nonce, ciphertext and tag.
#[derive(Debug)]
pub struct PartPlan {
    pub(super) number: u32,
    pub(super) header: Option<HeaderBytes>,
    pub(super) prologue: [u8; PROLOGUE as usize],
    pub(super) content: Range<u64>,
    pub(super) sealed_len: usize,
    pub(super) records: Vec<RecordPlan>,
}

impl PartPlan {
    /// Part number, from 1.
    pub const fn number(&self) -> u32 {
        self.number
    }

    /// The header, which stands at offset 0 of part 1.
    pub const fn header(&self) -> Option<&[u8; HDR as usize]> {
        self.header.as_ref()
    }

    /// The 16 bytes in front of the content in the plaintext of record 0.
    pub const fn prologue(&self) -> &[u8; PROLOGUE as usize] {
        &self.prologue
    }

    /// The content bytes of this part, in the content of the object.
    pub fn content(&self) -> Range<u64> {
        self.content.clone()
    }

    /// Length of the part as stored.
    pub const fn sealed_len(&self) -> usize {
        self.sealed_len
    }

    /// The records, in order; together with the header they fill the part.
    pub fn records(&self) -> &[RecordPlan] {
        &self.records
    }
}
