//! Which records an object of some length has, what each carries, and the plans of its parts.

use alloc::vec::Vec;
use core::ops::Range;

use super::{
    nonces::{NonceSource, make_nonces},
    part_plan::{PartPlan, RecordPlan},
    slots::{RecordSlot, Slot},
    usize_of,
};
use crate::{
    error::{Error, Result},
    object::header::{HeaderBytes, Kind},
    size::{NONCE, PROLOGUE, R, TAG, content_of_part, record_count, record_slot, record_start},
};

/// Everything about an object's layout.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Geometry {
    pub(crate) content_len: u64,
    pub(crate) stream_len: u64,
    pub(crate) part_len: u64,
    pub(crate) kind: Kind,
}

impl Geometry {
    fn prologue(&self) -> [u8; PROLOGUE as usize] {
        let mut prologue = [0; PROLOGUE as usize];
        prologue[..8].copy_from_slice(&self.content_len.to_be_bytes());
        prologue[8] = self.kind as u8;
        prologue
    }

    /// The records of a part; empty where there is no such part.
    pub(crate) fn records_of_part(&self, number: u32) -> Range<u64> {
        let (per_part, total) = (self.part_len / R, record_count(self.stream_len));
        let number = u64::from(number);
        (per_part * number.saturating_sub(1)).min(total)..(per_part * number).min(total)
    }

    /// Plans a part, with one call to the random generator.
    pub(crate) fn plan(&self, number: u32, header: Option<HeaderBytes>, nonces: NonceSource) -> Result<PartPlan> {
        let indices = self.records_of_part(number);
        if indices.is_empty() {
            return Err(Error::Misuse("no such part"));
        }
        let content = content_of_part(number.into(), self.part_len, self.content_len);
        let part_start = self.part_len * u64::from(number - 1);
        let nonces = make_nonces(indices.clone(), nonces)?;
        let mut sealed_len = 0;
        let mut records = Vec::with_capacity(nonces.len());
        for (index, nonce) in indices.zip(nonces) {
            let (at, plain_len) = record_slot(index, self.stream_len).ok_or(Error::Misuse("no such record"))?;
            let offset = usize_of(at - part_start)?;
            let plain_len = usize_of(plain_len)?;
            let range = self.content_of_record(index, plain_len as u64);
            let has_prologue = index == 0;
            let relative = usize_of(range.start - content.start)?..usize_of(range.end - content.start)?;
            let prologue_len = if has_prologue { PROLOGUE as usize } else { 0 };
            records.push(RecordPlan {
                slot: RecordSlot(Slot::new(index, index + 1 == record_count(self.stream_len), nonce)),
                offset,
                has_prologue,
                zeros: plain_len - prologue_len - relative.len(),
                content: relative,
            });
            sealed_len = offset + NONCE as usize + plain_len + TAG as usize;
        }
        Ok(PartPlan {
            number,
            header,
            prologue: self.prologue(),
            content,
            sealed_len,
            records,
        })
    }

    /// The content bytes in a record, in the content of the object; empty (and in order) where it has none.
    pub(crate) fn content_of_record(&self, index: u64, plain_len: u64) -> Range<u64> {
        let start = record_start(index);
        let clamp = |stream: u64| stream.saturating_sub(PROLOGUE).min(self.content_len);
        clamp(start)..clamp(start + plain_len)
    }
}
