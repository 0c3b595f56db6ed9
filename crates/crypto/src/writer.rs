//! Seals an object of known length, part by part and in any order.

use alloc::vec;
use alloc::vec::Vec;
use core::fmt;
use core::ops::Range;
use core::sync::atomic::{AtomicU32, Ordering};

use crate::cipher::{RecordCipher, RecordKeyBytes, RustCryptoCipher, run_ready};
use crate::error::{Error, Result};
use crate::header::{Kind, ObjectIdentity, ObjectKeys};
use crate::plan::{Geometry, NonceSource, PartPlan, RecordPlan, usize_of};
use crate::random::fill_random;
use crate::size::{
    HDR, MAX_PARTS, MAX_S, NONCE, PART, PROLOGUE, Padding, content_of_part, is_part_len, object_len, part_count,
    stream_len,
};
use crate::tag_root::{Digest, GroupHasher};

/// Encryptions that one record key may make: far inside the bounds of random nonces (format, section 2).
const MAX_ENCRYPTIONS: u32 = 1 << 24;

/// One part, sealed.
pub struct SealedPart {
    /// The bytes to store.
    pub bytes: Vec<u8>,
    /// One digest for each 10 MiB of them, for [`TagRoot`](crate::TagRoot).
    pub digests: Vec<Digest>,
}

impl fmt::Debug for SealedPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SealedPart")
            .field("len", &self.bytes.len())
            .finish_non_exhaustive()
    }
}

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

/// Which record of a part is looked at.
fn sample() -> Result<u16> {
    let mut random = [0; 2];
    fill_random(&mut random)?;
    Ok(u16::from_be_bytes(random))
}

/// Opens a record as it is about to be sent and compares it with its content: memory that flips bits is noticed by the
/// sender, while the file is still there (after restic, which does the same before it uploads).
async fn check_record<C: RecordCipher>(
    plan: &PartPlan,
    record: &RecordPlan,
    cipher: &C,
    content: &[u8],
    bytes: &[u8],
) -> Result<()> {
    let assembled = record.assemble(plan.prologue(), content);
    let plain = assembled.as_deref().unwrap_or(&content[record.content()]);
    let mut opened = zeroize::Zeroizing::new(vec![0; plain.len()]);
    cipher
        .open(&record.slot().read_back(), &bytes[record.sealed()], &mut opened)
        .await?;
    if opened.as_slice() == plain {
        Ok(())
    } else {
        Err(Error::Sealed)
    }
}

/// Walks a plan: each record is sealed and hashed while it is warm.
async fn seal_plan<C: RecordCipher>(
    plan: &PartPlan,
    cipher: &C,
    content: &[u8],
    mut bytes: Vec<u8>,
) -> Result<SealedPart> {
    let range = plan.content();
    if content.len() != usize_of(range.end - range.start)? {
        return Err(Error::Misuse("the content of a part has its exact length"));
    }
    // Every byte is overwritten below: old contents of the buffer need no clearing.
    bytes.resize(plan.sealed_len(), 0);
    let mut hasher = GroupHasher::new();
    let mut hashed = 0;
    if let Some(header) = plan.header() {
        bytes[..HDR as usize].copy_from_slice(header);
    }
    for record in plan.records() {
        let sealed = record.sealed();
        bytes[record.offset()..record.offset() + NONCE as usize].copy_from_slice(record.slot().nonce());
        let assembled = record.assemble(plan.prologue(), content);
        let plain = assembled.as_deref().unwrap_or(&content[record.content()]);
        cipher.seal(record.slot(), plain, &mut bytes[sealed.clone()]).await?;
        hasher.update(&bytes[hashed..sealed.end]);
        hashed = sealed.end;
    }
    if let Some(record) = plan.records().get(usize::from(sample()?) % plan.records().len().max(1)) {
        check_record(plan, record, cipher, content, &bytes).await?;
    }
    Ok(SealedPart {
        bytes,
        digests: hasher.finish(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::header::make_object;
    use crate::size::FULL;

    #[test]
    fn a_key_seals_no_more_than_it_may() -> Result<()> {
        let writer = ObjectWriter::new(make_object()?, 0, Kind::Content, Padding::Exact, PART)?;
        writer.encryptions.store(MAX_ENCRYPTIONS - 1, Ordering::Relaxed);
        writer.part(1)?;
        assert_eq!(writer.part(1).map(|_| ()), Err(Error::KeyExhausted));
        Ok(())
    }

    /// Memory that flips a bit of every record after it was sealed.
    struct Flipping(RustCryptoCipher);

    impl RecordCipher for Flipping {
        async fn seal(&self, at: &crate::plan::RecordSlot, plain: &[u8], out: &mut [u8]) -> Result<()> {
            self.0.seal(at, plain, out).await?;
            out[0] ^= 1;
            Ok(())
        }

        async fn open(&self, at: &crate::plan::ReadSlot, sealed: &[u8], out: &mut [u8]) -> Result<()> {
            self.0.open(at, sealed, out).await
        }
    }

    #[test]
    fn u32_a_bit_that_flips_before_sending_is_noticed() -> Result<()> {
        for content in [vec![7; 0], vec![7; 1_000_000]] {
            let writer = ObjectWriter::new(
                make_object()?,
                content.len() as u64,
                Kind::Content,
                Padding::Exact,
                PART,
            )?;
            let good = RustCryptoCipher::new(&writer.record_key());
            run_ready(writer.seal_part_with(&good, 1, &content))?;
            let bad = Flipping(RustCryptoCipher::new(&writer.record_key()));
            let sealed = run_ready(writer.seal_part_with(&bad, 1, &content));
            assert_eq!(sealed.map(|_| ()), Err(Error::Sealed));
        }
        // In the plaintext as well: what was read is not what was sealed.
        let content = vec![7; 1_000];
        let writer = ObjectWriter::new(make_object()?, 1_000, Kind::Content, Padding::Exact, PART)?;
        let cipher = RustCryptoCipher::new(&writer.record_key());
        let plan = writer.part(1)?;
        let mut bytes = vec![0; plan.sealed_len()];
        let record = &plan.records()[0];
        let plain = record
            .assemble(plan.prologue(), &content)
            .expect("record 0 starts with the prologue");
        run_ready(cipher.seal(record.slot(), &plain, &mut bytes[record.sealed()]))?;
        run_ready(check_record(&plan, record, &cipher, &content, &bytes))?;
        let mut flipped = content.clone();
        flipped[500] ^= 0x80;
        let checked = run_ready(check_record(&plan, record, &cipher, &flipped, &bytes));
        assert_eq!(checked, Err(Error::Sealed));
        Ok(())
    }

    #[test]
    fn lengths_and_parts_are_checked() -> Result<()> {
        let new = |len, part| ObjectWriter::new(make_object()?, len, Kind::Content, Padding::Exact, part).map(|_| ());
        assert!(matches!(new(5, PART - 1), Err(Error::Misuse(_))));
        assert!(matches!(new(FULL + 1, PART), Err(Error::Misuse(_))));
        assert_eq!(new(MAX_S, PART), Err(Error::TooLarge));
        new(FULL, PART)?;
        let writer = ObjectWriter::new(make_object()?, 5, Kind::Content, Padding::Exact, PART)?;
        assert_eq!(
            (writer.parts(), writer.part_len(1), writer.part_len(2)),
            (1, writer.object_len(), 0)
        );
        assert!(matches!(writer.seal_part(2, &[]), Err(Error::Misuse(_))));
        assert!(matches!(writer.seal_part(0, &[]), Err(Error::Misuse(_))));
        assert!(matches!(writer.seal_part(1, b"four"), Err(Error::Misuse(_))));
        assert_eq!(writer.seal_part(1, b"five!")?.bytes.len() as u64, writer.object_len());
        Ok(())
    }
}
