//! Seals an object of known length, part by part and in any order.

mod seal_plan;
#[cfg(test)]
mod tests;

use alloc::vec::Vec;
use core::fmt;
use core::ops::Range;
use core::sync::atomic::{AtomicU32, Ordering};

use self::seal_plan::seal_plan;
use super::{
    cipher::{RecordCipher, RecordKeyBytes, RustCryptoCipher, run_ready},
    header::{Kind, ObjectIdentity, ObjectKeys},
    plan::{geometry::Geometry, nonces::NonceSource, part_plan::PartPlan},
    sealed_part::SealedPart,
};
use crate::{
    error::{Error, Result},
    size::{
        MAX_PARTS, MAX_S, PART, PROLOGUE, Padding, content_of_part, is_part_len, object_len, part_count, stream_len,
    },
};

/// Encryptions that may be made under one record key: far inside the bounds of random nonces (format, section 2).
pub const MAX_ENCRYPTIONS: u32 = 1 << 24;

/// Seals the parts of one object. Every call makes fresh nonces, so a part may be sealed again at any time; what
/// counts is the attempt whose digests are kept.
pub struct ObjectWriter {
    identity: ObjectIdentity,
    keys: ObjectKeys,
    geometry: Geometry,
    nonces: NonceSource,
    encryptions: AtomicU32,
}

impl fmt::Debug for ObjectWriter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ObjectWriter")
            .field("geometry", &self.geometry)
            .finish_non_exhaustive()
    }
}

impl ObjectWriter {
    /// A writer for `content_len` bytes in parts of `part_len` bytes
    /// (a multiple of 10 MiB, see [`part_len_for`](crate::size::part_len_for)).
    ///
    /// # Errors
    /// [`Error::TooLarge`] if an object cannot hold the content, [`Error::Misuse`] for a part length that is not a
    /// multiple of 10 MiB or needs more than 10,000 parts.
    pub fn new(
        identity: ObjectIdentity,
        content_len: u64,
        kind: Kind,
        padding: Padding,
        part_len: u64,
    ) -> Result<Self> {
        if !is_part_len(part_len) {
            return Err(Error::Misuse("a part is a multiple of 10 MiB, at most 5 GiB"));
        }
        let stream_len = stream_len(content_len, padding)?;
        if part_count(object_len(stream_len), part_len) > MAX_PARTS {
            return Err(Error::Misuse("more than 10,000 parts of this length"));
        }
        Ok(Self::with_geometry(
            identity,
            Geometry {
                content_len,
                stream_len,
                part_len,
                kind,
            },
        ))
    }

    fn with_geometry(identity: ObjectIdentity, geometry: Geometry) -> Self {
        let keys = ObjectKeys::derive(identity.object_id(), identity.salt(), identity.fek());
        let encryptions = AtomicU32::new(0);
        Self {
            identity,
            keys,
            geometry,
            nonces: NonceSource::System,
            encryptions,
        }
    }

    /// A writer whose length is not known yet: every part it plans is full and not the last one.
    pub(crate) fn endless(identity: ObjectIdentity) -> Self {
        let (content_len, stream_len) = (MAX_S - PROLOGUE, MAX_S);
        Self::with_geometry(
            identity,
            Geometry {
                content_len,
                stream_len,
                part_len: PART,
                kind: Kind::Content,
            },
        )
    }

    /// Ends [`Self::endless`]: from now on the length is this one.
    pub(crate) fn end_at(&mut self, content_len: u64, padding: Padding) -> Result<()> {
        self.geometry.stream_len = stream_len(content_len, padding)?;
        self.geometry.content_len = content_len;
        Ok(())
    }

    /// Counts encryptions that other writers made, or may have made, under the same key: a resumed upload keeps the key, and the
    /// bound is the key's.
    pub fn count_earlier(&self, encryptions: u64) {
        let encryptions = u32::try_from(encryptions).unwrap_or(u32::MAX);
        // It stays at its end, where nothing more is sealed.
        let add = |sealed: u32| Some(sealed.saturating_add(encryptions));
        let _ = self.encryptions.fetch_update(Ordering::Relaxed, Ordering::Relaxed, add);
    }

    /// Known-answer tests only: nonces by record index.
    #[cfg(feature = "kat")]
    pub fn fix_nonces(&mut self, nonce: fn(u64) -> [u8; 12]) {
        self.nonces = NonceSource::Fixed(nonce);
    }

    /// Id, salt and key of the object.
    pub const fn identity(&self) -> &ObjectIdentity {
        &self.identity
    }

    /// The record key, for a [`CipherBackend`](crate::CipherBackend).
    pub fn record_key(&self) -> RecordKeyBytes<'_> {
        self.keys.record_key()
    }

    /// Length of the stream (`S`, the `len` of items and payloads).
    pub const fn stream_len(&self) -> u64 {
        self.geometry.stream_len
    }

    /// Length of the content.
    pub const fn content_len(&self) -> u64 {
        self.geometry.content_len
    }

    /// Length of the object as stored.
    pub const fn object_len(&self) -> u64 {
        object_len(self.geometry.stream_len)
    }

    /// Number of parts; they are numbered from 1.
    pub const fn parts(&self) -> u32 {
        part_count(self.object_len(), self.geometry.part_len) as u32
    }

    /// The content bytes that part `number` carries.
    pub const fn content_of_part(&self, number: u32) -> Range<u64> {
        content_of_part(number as u64, self.geometry.part_len, self.geometry.content_len)
    }

    /// Length of part `number` as stored; 0 where there is none.
    pub fn part_len(&self, number: u32) -> u64 {
        let start = self.geometry.part_len * u64::from(number.saturating_sub(1));
        self.object_len().saturating_sub(start).min(self.geometry.part_len)
    }

    /// Plans a part with fresh nonces, for a caller who seals elsewhere. Its records count as sealed.
    ///
    /// # Errors
    /// [`Error::Misuse`] for a part that does not exist, [`Error::KeyExhausted`], [`Error::Random`].
    pub fn part(&self, number: u32) -> Result<PartPlan> {
        let records = self.geometry.records_of_part(number);
        let records = u32::try_from(records.end - records.start).map_err(|_| Error::TooLarge)?;
        self.encryptions
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |sealed| {
                sealed.checked_add(records).filter(|total| *total <= MAX_ENCRYPTIONS)
            })
            .map_err(|_| Error::KeyExhausted)?;
        let header = (number == 1).then(|| self.keys.header(self.geometry.stream_len));
        self.geometry.plan(number, header, self.nonces)
    }

    /// Seals a part from its content, which is exactly [`Self::content_of_part`].
    ///
    /// # Errors
    /// As [`Self::part`]; [`Error::Misuse`] if the content has another length.
    pub fn seal_part(&self, number: u32, content: &[u8]) -> Result<SealedPart> {
        self.seal_part_reusing(number, content, Vec::new())
    }

    /// [`Self::seal_part`] into a buffer of an earlier part, which spares the system fresh pages.
    ///
    /// # Errors
    /// As [`Self::seal_part`].
    pub fn seal_part_reusing(&self, number: u32, content: &[u8], buffer: Vec<u8>) -> Result<SealedPart> {
        let cipher = RustCryptoCipher::new(&self.record_key());
        run_ready(seal_plan(&self.part(number)?, &cipher, content, buffer))
    }

    /// Seals a part with another cipher, which must hold this object's record key.
    ///
    /// # Errors
    /// As [`Self::seal_part`], and those of the cipher.
    pub async fn seal_part_with<C: RecordCipher>(&self, cipher: &C, number: u32, content: &[u8]) -> Result<SealedPart> {
        seal_plan(&self.part(number)?, cipher, content, Vec::new()).await
    }
}
