//! Opens a run of records as stored, from a JavaScript buffer into JavaScript buffers.

use futures::{StreamExt, TryStreamExt, stream};
use js_sys::Uint8Array;
use sealdrop_crypto::{Error, ObjectReader, RecordRun, Result};

use super::key::{OpenAt, RecordKey};
use crate::cipher::key::CipherKind;

/// Records that are with the cipher at the same time.
const IN_FLIGHT: usize = 6;

/// The content of a run, in order, without prologue and padding.
#[derive(Debug)]
pub struct OpenedPieces {
    /// Views of buffers that are not shared; none is empty.
    pub pieces: Vec<Uint8Array>,
    /// Bytes of content in the whole object.
    pub content_len: u64,
}

/// Opens `stored`, the bytes of the object from offset `start` on: whole records, and the header in front of record 0.
/// The header must be the one that `reader` was made from. A run that does not start at 0 needs the reader to know the
/// length of the content.
///
/// # Errors
/// [`Error::Sealed`] if any record, the prologue or the padding is not right: then nothing is handed out.
pub async fn open_run(
    kind: CipherKind,
    reader: &mut ObjectReader,
    start: u64,
    stored: &Uint8Array,
) -> Result<OpenedPieces> {
    let key = RecordKey::import(kind, reader.record_key()).await?;
    let mut first = None;
    if start == 0 {
        let plain = open_first(&key, reader, stored).await?;
        let mut prologue = [0; 16];
        if plain.length() < 16 {
            return Err(Error::Sealed);
        }
        plain.subarray(0, 16).copy_to(&mut prologue);
        reader.accept_first(&prologue)?;
        first = Some(plain);
    }
    let content_len = reader.content_len().ok_or(Error::Misuse("open record 0 first"))?;
    let plan = reader.plan_run(start..start + u64::from(stored.length()))?;
    let reader = &*reader;
    let (key, first) = (&key, first.as_ref());
    let opened = stream::iter(plan.records())
        .map(|record| async move {
            let plain = match first.filter(|_| record.index() == 0) {
                Some(plain) => plain.clone(),
                None => open_record(key, reader, record, stored).await?,
            };
            content_of(record, &plain)
        })
        .buffered(IN_FLIGHT);
    let pieces: Vec<Option<Uint8Array>> = opened.try_collect().await?;
    Ok(OpenedPieces {
        pieces: pieces.into_iter().flatten().collect(),
        content_len,
    })
}

async fn open_first(key: &RecordKey, reader: &ObjectReader, stored: &Uint8Array) -> Result<Uint8Array> {
    let at = reader.sealed_range(0).ok_or(Error::Sealed)?;
    if at.end > u64::from(stored.length()) {
        return Err(Error::Sealed);
    }
    let sealed = stored.subarray(at.start as u32, at.end as u32);
    let place = reader.record_slot(0, &sealed.to_vec())?;
    let slot = |stored: &[u8]| reader.record_slot(0, stored);
    key.open(
        OpenAt {
            aad: place.aad(),
            slot: &slot,
        },
        &sealed,
    )
    .await
}

async fn open_record(
    key: &RecordKey,
    reader: &ObjectReader,
    record: &RecordRun,
    stored: &Uint8Array,
) -> Result<Uint8Array> {
    let sealed = stored.subarray(record.nonce().start as u32, record.sealed().end as u32);
    let slot = |stored: &[u8]| reader.record_slot(record.index(), stored);
    key.open(
        OpenAt {
            aad: record.aad(),
            slot: &slot,
        },
        &sealed,
    )
    .await
}

/// The content in a record's plaintext, once its padding was found to be zero.
fn content_of(record: &RecordRun, plain: &Uint8Array) -> Result<Option<Uint8Array>> {
    let (content, zeros) = (record.content(), record.zeros());
    if plain.length() as usize != zeros.end {
        return Err(Error::Sealed);
    }
    if !zeros.is_empty()
        && plain
            .subarray(zeros.start as u32, zeros.end as u32)
            .to_vec()
            .iter()
            .any(|byte| *byte != 0)
    {
        return Err(Error::Sealed);
    }
    Ok((!content.is_empty()).then(|| plain.subarray(content.start as u32, content.end as u32)))
}
