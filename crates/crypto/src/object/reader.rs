//! Opens an object: header first, then any record in any order (format, section 2).

use alloc::vec;
use alloc::vec::Vec;
use core::fmt;
use core::ops::Range;

use super::{
    cipher::{RecordCipher, RecordKeyBytes, RustCryptoCipher, run_ready},
    header::{HeaderBytes, Kind, ObjectKeys, open_header},
    plan::{slots::ReadSlot, usize_of},
};
use crate::{
    error::{Error, Result},
    keys::secret::Fek,
    size::{HDR, NONCE, PROLOGUE, R, TAG, locate, object_len, record_count, record_slot},
};

/// An object whose header has been checked. Records are opened under the key that the header commits to.
pub struct ObjectReader {
    keys: ObjectKeys,
    pub(crate) header: HeaderBytes,
    stream_len: u64,
    kind: Kind,
    content_len: Option<u64>,
}

impl fmt::Debug for ObjectReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ObjectReader")
            .field("stream_len", &self.stream_len)
            .finish_non_exhaustive()
    }
}

impl ObjectReader {
    /// Checks the first 128 bytes of an object against what was asked for: the id, the key, `stream_len` (the `len`
    /// that the item or payload names) and the stored length that the bucket tells.
    ///
    /// # Errors
    /// [`Error::NewerVersion`] for an unknown version or suite, [`Error::Sealed`] for anything else.
    pub fn open(
        object_id: &[u8; 16],
        fek: &Fek,
        stream_len: u64,
        kind: Kind,
        header: &[u8; HDR as usize],
        object_len: u64,
    ) -> Result<Self> {
        let keys = open_header(object_id, fek, stream_len, header, object_len)?;
        Ok(Self {
            keys,
            header: *header,
            stream_len,
            kind,
            content_len: None,
        })
    }

    /// The record key, for a [`CipherBackend`](crate::CipherBackend).
    pub fn record_key(&self) -> RecordKeyBytes<'_> {
        self.keys.record_key()
    }

    /// Number of records.
    pub const fn records(&self) -> u64 {
        record_count(self.stream_len)
    }

    /// Length of the stream (`S`).
    pub const fn stream_len(&self) -> u64 {
        self.stream_len
    }

    /// Length of the object as stored.
    pub const fn object_len(&self) -> u64 {
        object_len(self.stream_len)
    }

    /// Length of the content, once record 0 has been opened or [`Self::expect_content_len`] was called.
    pub const fn content_len(&self) -> Option<u64> {
        self.content_len
    }

    /// States the length of the content, where it is known from elsewhere: from a reader that opened record 0, or
    /// from an item whose whole content the object is. Record 0 will be refused unless it says the same.
    ///
    /// # Errors
    /// [`Error::Sealed`] if the stream cannot hold it or record 0 said otherwise.
    pub fn expect_content_len(&mut self, content_len: u64) -> Result<()> {
        let known = self.content_len.is_none_or(|known| known == content_len);
        if !known || content_len > self.stream_len - PROLOGUE {
            return Err(Error::Sealed);
        }
        self.content_len = Some(content_len);
        Ok(())
    }

    /// Where record `index` stands in the object: nonce, ciphertext and tag. `None` beyond the last one.
    pub fn sealed_range(&self, index: u64) -> Option<Range<u64>> {
        record_slot(index, self.stream_len).map(|(offset, plain)| offset..offset + NONCE + plain + TAG)
    }

    /// The bytes to fetch for a range of content: whole records, and the header with record 0. Empty for an empty
    /// range. Give them to [`Self::open_run`], which says where its content starts.
    ///
    /// # Errors
    /// [`Error::Misuse`] if the range is outside of the content, or the length of the content is not known yet.
    pub fn covering(&self, content: Range<u64>) -> Result<Range<u64>> {
        let len = self.content_len.ok_or(Error::Misuse("open record 0 first"))?;
        if content.start > content.end || content.end > len {
            return Err(Error::Misuse("a range within the content"));
        }
        if content.is_empty() {
            return Ok(0..0);
        }
        let (first, _) = locate(content.start + PROLOGUE);
        let (last, _) = locate(content.end - 1 + PROLOGUE);
        Ok(first * R..((last + 1) * R).min(self.object_len()))
    }

    /// The place of a record, with the nonce that its stored bytes start with.
    ///
    /// # Errors
    /// [`Error::Sealed`] if the bytes are not exactly one record of that place.
    pub fn record_slot(&self, index: u64, sealed: &[u8]) -> Result<ReadSlot> {
        let (_, plain_len) = record_slot(index, self.stream_len).ok_or(Error::Misuse("no such record"))?;
        match sealed.first_chunk() {
            Some(nonce) if sealed.len() as u64 == NONCE + plain_len + TAG => {
                Ok(ReadSlot::new(index, index + 1 == self.records(), *nonce))
            }
            _ => Err(Error::Sealed),
        }
    }

    /// Opens one record: `sealed` is its nonce, ciphertext and tag. Returns its bytes of the stream, with the
    /// prologue (record 0) and padding; see [`Self::open_first`] and [`Self::open_run`] for those.
    ///
    /// # Errors
    /// [`Error::Sealed`]; [`Error::Misuse`] for a record that does not exist.
    pub fn open_record(&self, index: u64, sealed: &[u8]) -> Result<Vec<u8>> {
        run_ready(self.open_record_with(&RustCryptoCipher::new(&self.record_key()), index, sealed))
    }

    /// [`Self::open_record`] with another cipher, which must hold this object's record key.
    ///
    /// # Errors
    /// As [`Self::open_record`], and those of the cipher.
    pub async fn open_record_with<C: RecordCipher>(&self, cipher: &C, index: u64, sealed: &[u8]) -> Result<Vec<u8>> {
        let slot = self.record_slot(index, sealed)?;
        let mut plain = vec![0; usize_of(sealed.len() as u64 - NONCE - TAG)?];
        cipher.open(&slot, &sealed[NONCE as usize..], &mut plain).await?;
        Ok(plain)
    }

    /// Opens record 0 and learns the length of the content.
    ///
    /// # Errors
    /// [`Error::Sealed`] if it does not open, is of another kind or contradicts [`Self::expect_content_len`].
    pub fn open_first(&mut self, sealed: &[u8]) -> Result<u64> {
        let plain = self.open_record(0, sealed)?;
        self.accept_first(&plain)
    }

    /// Learns the length of the content from the plaintext of record 0, opened elsewhere; its first 16 bytes are
    /// enough.
    ///
    /// # Errors
    /// As [`Self::open_first`].
    pub fn accept_first(&mut self, plain: &[u8]) -> Result<u64> {
        let content_len = self.check_prologue(plain)?;
        self.content_len = Some(content_len);
        Ok(content_len)
    }

    /// Checks the prologue at the start of record 0's plaintext and returns the length of the content.
    ///
    /// # Errors
    /// As [`Self::open_first`].
    pub fn check_prologue(&self, plain: &[u8]) -> Result<u64> {
        let Some((len, [kind, zeros @ ..])) = plain.first_chunk::<16>().and_then(|p| p.split_first_chunk::<8>()) else {
            return Err(Error::Sealed);
        };
        let len = u64::from_be_bytes(*len);
        let expected = self.content_len.is_none_or(|known| known == len);
        let right_kind = *kind == self.kind as u8 && zeros.iter().all(|zero| *zero == 0);
        if expected && right_kind && len <= self.stream_len - PROLOGUE {
            Ok(len)
        } else {
            Err(Error::Sealed)
        }
    }
}
