//! Fetches, digests and opens a run of records.

use js_sys::{Array, Uint8Array};
use sealdrop_api::ObjectId;
use sealdrop_crypto::{Fek, Kind, ObjectReader, size};
use zeroize::Zeroizing;

use super::{fetch_range::fetch_range, read_slices::whole};
use crate::worker::{
    context::{Answer, JobContext},
    error::WorkerError,
    messages::WorkerRequest,
};
use crate::{
    cipher::{CipherKind, PendingDigest, open_run},
    web::gc_hint::ask_to_collect,
};

pub(in crate::worker) async fn open_range(context: &JobContext, job: &WorkerRequest) -> Result<Answer, WorkerError> {
    let stream_len = whole(job.stream_len())?;
    if stream_len > size::MAX_S {
        return Err(WorkerError::Sealed);
    }
    let object_len = size::object_len(stream_len);
    let (first, end) = (whole(job.first_record())?, whole(job.end_record())?);
    let stored = (first * size::R)..(end * size::R).min(object_len);
    if stored.is_empty() || stored.end - stored.start > size::PART {
        return Err(WorkerError::internal("range length"));
    }
    let place = (stored.start, stored.end, object_len);
    let fetched = fetch_range(context, &job.url(), &job.etag(), place, job.progress()).await?;
    let kind = CipherKind::choose();
    let is_group =
        stored.start.is_multiple_of(size::PART) && (stored.end.is_multiple_of(size::PART) || stored.end == object_len);
    // It hashes on another thread while the records are opened.
    let digest = if is_group {
        Some(PendingDigest::start(kind, &fetched.bytes)?)
    } else {
        None
    };
    let (header, mut reader) = reader_of(job, stream_len, object_len, &fetched.bytes, stored.start)?;
    let opened = open_run(kind, &mut reader, stored.start, &fetched.bytes).await?;
    context.check()?;

    let response = context.done();
    let (pieces, moved) = (Array::new(), Array::new());
    for piece in &opened.pieces {
        pieces.push(piece);
        moved.push(&piece.buffer());
    }
    response.set_pieces(&pieces);
    response.set_response_header(&Uint8Array::from(header.as_slice()));
    response.set_response_content_len(opened.content_len as f64);
    response.set_took(fetched.took);
    if let Some(digest) = digest {
        response.set_digests(&Uint8Array::from(digest.finish().await?.as_slice()));
    }
    // The sealed bytes are done with.
    drop(fetched);
    ask_to_collect();
    Ok(Answer { response, moved })
}

/// The reader, from the header that came before or stands at the start of these bytes.
fn reader_of(
    job: &WorkerRequest,
    stream_len: u64,
    object_len: u64,
    stored: &Uint8Array,
    start: u64,
) -> Result<([u8; size::HDR as usize], ObjectReader), WorkerError> {
    let object_id: ObjectId = job
        .object_id()
        .parse()
        .map_err(|_| WorkerError::internal("object id"))?;
    let fek = Fek::from_text(&Zeroizing::new(job.fek()))?;
    let kind = if job.is_manifest() {
        Kind::Manifest
    } else {
        Kind::Content
    };
    let known = job.header();
    if known.is_none() && start != 0 {
        return Err(WorkerError::internal("first range"));
    }
    let header = match (&known, start) {
        (Some(known), _) => header_at(known)?,
        (None, _) => header_at(stored)?,
    };
    if start == 0 && header_at(stored)? != header {
        return Err(WorkerError::Sealed);
    }
    let mut reader = ObjectReader::open(object_id.as_bytes(), &fek, stream_len, kind, &header, object_len)?;
    if known.is_some() {
        reader.expect_content_len(whole(job.content_len())?)?;
    }
    Ok((header, reader))
}

fn header_at(bytes: &Uint8Array) -> Result<[u8; size::HDR as usize], WorkerError> {
    let mut header = [0; size::HDR as usize];
    if u64::from(bytes.length()) < size::HDR {
        return Err(WorkerError::Sealed);
    }
    bytes.subarray(0, size::HDR as u32).copy_to(&mut header);
    Ok(header)
}
