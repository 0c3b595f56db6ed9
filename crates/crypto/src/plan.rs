//! What a part is made of, as positions: which bytes become which record, under which nonce.
//!
//! A caller whose content sits in buffers of its own (a browser with WebCrypto) walks the plan and seals there;
//! [`ObjectWriter::seal_part`](crate::ObjectWriter::seal_part) walks the same plan here.

use alloc::vec;
use alloc::vec::Vec;
use core::ops::Range;

use crate::error::{Error, Result};
use crate::header::{HeaderBytes, Kind};
use crate::random::fill_random;
use crate::size::{C, C0, HDR, NONCE, PROLOGUE, R, TAG, content_of_part, record_count, record_slot, record_start};

/// Where nonces come from: the system, but for known-answer tests.
#[derive(Clone, Copy)]
pub(crate) enum NonceSource {
    System,
    #[cfg(feature = "kat")]
    Fixed(fn(u64) -> [u8; 12]),
}

/// What a GCM call needs besides key and data.
struct Slot {
    nonce: [u8; 12],
    aad: [u8; 9],
    #[cfg(feature = "kat")]
    foreign_aad: Option<Vec<u8>>,
}

impl Slot {
    fn new(index: u64, is_last: bool, nonce: [u8; 12]) -> Self {
        let mut aad = [0; 9];
        aad[..8].copy_from_slice(&index.to_be_bytes());
        aad[8] = u8::from(is_last);
        Self {
            nonce,
            aad,
            #[cfg(feature = "kat")]
            foreign_aad: None,
        }
    }

    fn aad(&self) -> &[u8] {
        #[cfg(feature = "kat")]
        if let Some(aad) = &self.foreign_aad {
            return aad;
        }
        &self.aad
    }
}

macro_rules! slot {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        pub struct $name(Slot);

        impl $name {
            /// The nonce, 12 bytes.
            pub const fn nonce(&self) -> &[u8; 12] {
                &self.0.nonce
            }

            /// The additional data: position and whether it is the last record.
            pub fn aad(&self) -> &[u8] {
                self.0.aad()
            }

            /// A slot out of a published test case.
            #[cfg(feature = "kat")]
            pub(crate) fn foreign(nonce: [u8; 12], aad: &[u8]) -> Self {
                Self(Slot { foreign_aad: Some(aad.to_vec()), ..Slot::new(0, false, nonce) })
            }
        }

        impl core::fmt::Debug for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.debug_struct(stringify!($name)).field("aad", &self.aad()).finish_non_exhaustive()
            }
        }
    };
}

slot! {
    /// Place of one record that is about to be sealed, with a nonce nobody used before. Made by a plan only, and
    /// neither cloned nor rebuilt: seal one plaintext with it.
    RecordSlot
}
slot! {
    /// Place of one record that is about to be opened, with the nonce found there. It cannot seal.
    ReadSlot
}

impl RecordSlot {
    /// The same place, to open what was sealed there: for a look before it is sent.
    pub fn read_back(&self) -> ReadSlot {
        ReadSlot(Slot {
            nonce: self.0.nonce,
            aad: self.0.aad,
            #[cfg(feature = "kat")]
            foreign_aad: None,
        })
    }
}

impl ReadSlot {
    pub(crate) fn new(index: u64, is_last: bool, nonce: [u8; 12]) -> Self {
        Self(Slot::new(index, is_last, nonce))
    }
}

/// One record of a [`PartPlan`]. Its plaintext is prologue (record 0 only), then content, then zeros.
#[derive(Debug)]
pub struct RecordPlan {
    slot: RecordSlot,
    offset: usize,
    has_prologue: bool,
    content: Range<usize>,
    zeros: usize,
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
    number: u32,
    header: Option<HeaderBytes>,
    prologue: [u8; PROLOGUE as usize],
    content: Range<u64>,
    sealed_len: usize,
    records: Vec<RecordPlan>,
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

/// A length that is known to be within one part or run.
pub(crate) fn usize_of(len: u64) -> Result<usize> {
    usize::try_from(len).map_err(|_| Error::TooLarge)
}

fn make_nonces(indices: Range<u64>, source: NonceSource) -> Result<Vec<[u8; 12]>> {
    let count = usize_of(indices.end - indices.start)?;
    match source {
        NonceSource::System => {
            let mut nonces = vec![[0; 12]; count];
            fill_random(nonces.as_flattened_mut())?;
            Ok(nonces)
        }
        #[cfg(feature = "kat")]
        NonceSource::Fixed(nonce) => Ok(indices.map(nonce).collect()),
    }
}

/// Content of a full part 1, and of every other full part, of 10 MiB.
pub(crate) const FIRST_PART_CONTENT: usize = (C0 + 39 * C - PROLOGUE) as usize;
pub(crate) const PART_CONTENT: usize = (40 * C) as usize;
