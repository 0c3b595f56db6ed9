//! Seals one part from JavaScript buffers into one JavaScript buffer.

use futures::{TryStreamExt, stream};
use js_sys::{Array, Uint8Array};
use sealdrop_crypto::{Error, ObjectWriter, PartPlan, RecordPlan};

use super::{digest::PendingDigest, key::RecordKey};
use crate::cipher::{key::CipherKind, part_buffer::PartBuffer};
use crate::web::gc_hint::free_now;

/// Records in one group of `tag_root`: 40 slots are 10 MiB.
const GROUP: usize = 40;
/// Records that are with the cipher at the same time: enough to keep its thread busy, few enough to cost no memory.
const IN_FLIGHT: usize = 6;

/// Where the content of a part comes from.
#[expect(async_fn_in_trait, reason = "browser futures are never Send")]
pub trait ContentReader {
    /// What can go wrong, besides the cipher.
    type Error: From<Error>;

    /// Reads bytes `start..end` of the part's content, exactly, into a buffer of their own: it is let go when they are sealed.
    ///
    /// # Errors
    /// Of the source; or when the part is cancelled.
    async fn read(&self, start: usize, end: usize) -> Result<Uint8Array, Self::Error>;
}

/// A sealed part.
#[derive(Debug)]
pub struct SealedBytes {
    /// The bytes to store.
    pub part: PartBuffer,
    digests: Vec<PendingDigest>,
}

impl SealedBytes {
    /// The bytes, and the digest of each 10 MiB of them for `tag_root`.
    ///
    /// # Errors
    /// [`Error::Backend`].
    pub async fn finish(self) -> Result<(PartBuffer, Vec<[u8; 32]>), Error> {
        let mut digests = Vec::with_capacity(self.digests.len());
        for pending in self.digests {
            digests.push(pending.finish().await?);
        }
        Ok((self.part, digests))
    }
}

/// Seals part `number`. Content is read in pieces of 10 MiB (each reading costs the engine some milliseconds beside its
/// bytes), each record goes to the cipher as a view of its piece, and each sealed record is copied once, into its place.
///
/// # Errors
/// Those of the reader; [`Error::Backend`] of the cipher; those of [`ObjectWriter::part`].
pub async fn seal_part<R: ContentReader>(
    kind: CipherKind,
    writer: &ObjectWriter,
    number: u32,
    reader: &R,
) -> Result<SealedBytes, R::Error> {
    let plan = writer.part(number)?;
    let key = RecordKey::import(kind, writer.record_key()).await?;
    let len = u32::try_from(plan.sealed_len()).map_err(|_| Error::TooLarge)?;
    let part = PartBuffer::take(len);
    let bytes = part.bytes();
    if let Some(header) = plan.header() {
        bytes.subarray(0, header.len() as u32).copy_from(header);
    }
    let mut digests = Vec::new();
    let mut hashed = 0;
    for group in plan.records().chunks(GROUP) {
        // One record of each group is opened again: memory that flips bits is noticed while the file is still there.
        let sample = (js_sys::Math::random() * group.len() as f64) as usize;
        let (content, start) = read_piece(reader, group).await?;
        let used = Array::new();
        stream::iter(group.iter().map(Ok))
            .try_for_each_concurrent(IN_FLIGHT, |record| {
                let (plain, out) = (plain_of(&plan, record, &content, start), out_of(record, bytes));
                let (key, used) = (&key, &used);
                async move {
                    let sealed = key.seal(record.slot(), &plain, &out).await?;
                    used.push(&sealed);
                    Ok::<_, Error>(())
                }
            })
            .await?;
        if let Some(record) = group.get(sample) {
            let plain = plain_of(&plan, record, &content, start);
            key.check(record.slot(), &plain, &out_of(record, bytes)).await?;
        }
        used.push(&content.buffer());
        free_now(&used);
        let sealed = group.last().map_or(hashed, |last| last.sealed().end as u32);
        digests.push(PendingDigest::start(kind, &bytes.subarray(hashed, sealed))?);
        hashed = sealed;
    }
    // The buffer may have held another part: nothing of that may stay.
    if hashed != len {
        return Err(Error::Misuse("the records of a part fill it").into());
    }
    Ok(SealedBytes { part, digests })
}

/// The content of some records in a row, and where in the part it starts.
async fn read_piece<R: ContentReader>(reader: &R, piece: &[RecordPlan]) -> Result<(Uint8Array, usize), R::Error> {
    let start = piece.first().map_or(0, |first| first.content().start);
    let end = piece.last().map_or(start, |last| last.content().end.max(start));
    let content = if start < end {
        reader.read(start, end).await?
    } else {
        Uint8Array::new_with_length(0)
    };
    if content.length() as usize != end - start {
        return Err(Error::Misuse("a reader gives what it was asked for").into());
    }
    Ok((content, start))
}

/// The plaintext of a record: a view of the content wherever it is nothing else.
fn plain_of(plan: &PartPlan, record: &RecordPlan, content: &Uint8Array, start: usize) -> Uint8Array {
    let range = record.content();
    let view = if range.is_empty() {
        Uint8Array::new_with_length(0)
    } else {
        content.subarray((range.start - start) as u32, (range.end - start) as u32)
    };
    if !record.has_prologue() && record.zeros() == 0 {
        return view;
    }
    let plain = Uint8Array::new_with_length(record.plain_len() as u32);
    let mut at = 0;
    if record.has_prologue() {
        plain
            .subarray(0, plan.prologue().len() as u32)
            .copy_from(plan.prologue());
        at = plan.prologue().len() as u32;
    }
    plain.set(&view, at);
    plain
}

fn out_of(record: &RecordPlan, bytes: &Uint8Array) -> Uint8Array {
    bytes.subarray(record.offset() as u32, record.sealed().end as u32)
}
