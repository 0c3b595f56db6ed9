//! One run of records: fetched with a range, opened on a thread of its own.

use std::{ops::Range, sync::Arc};

use bytes::Bytes;
use reqwest::{RequestBuilder, StatusCode, header};
use sealdrop_crypto::{ObjectReader, hash_groups, size};
use sealdrop_transfer::{DeviceFault, OpenJob, OpenedHeader, OpenedRange, TransferError};

use tokio::task::JoinHandle;

use super::{
    CliPlatform,
    buffers::{Borrowed, Buffers},
    plain::Plain,
    response::{STALL, refusal, unreachable},
};
use crate::off_thread::off_thread;

/// Records that one digest of `tag_root` covers.
const GROUP: u64 = size::PART / size::R;

/// Runs on a task of its own, which goes on while the caller writes another range to the disk.
pub(super) async fn open_range(
    platform: &CliPlatform,
    job: OpenJob,
    received: &dyn Fn(u64),
) -> Result<OpenedRange<Plain>, TransferError> {
    let object_len = size::object_len(job.stream_len);
    let stored = (job.records.start * size::R)..(job.records.end * size::R).min(object_len);
    let len = stored.end - stored.start;
    let request = platform
        .ask(reqwest::Method::GET, &job.url)?
        .header(header::RANGE, format!("bytes={}-{}", stored.start, stored.end - 1))
        .header(header::IF_MATCH, &job.etag);
    let task = fetch_and_open(request, job, stored, object_len, Arc::clone(&platform.buffers));
    let opened = Task(tokio::spawn(task)).join().await?;
    received(len);
    Ok(opened)
}

/// A task that is aborted when its handle is dropped.
struct Task<T>(JoinHandle<Result<T, TransferError>>);

impl<T> Task<T> {
    async fn join(mut self) -> Result<T, TransferError> {
        match (&mut self.0).await {
            Ok(result) => result,
            Err(_) => Err(TransferError::device(DeviceFault::Worker, "")),
        }
    }
}

impl<T> Drop for Task<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}

async fn fetch_and_open(
    request: RequestBuilder,
    job: OpenJob,
    wanted: Range<u64>,
    object_len: u64,
    buffers: Arc<Buffers>,
) -> Result<OpenedRange<Plain>, TransferError> {
    let (start, end) = (wanted.start, wanted.end);
    let mut response = tokio::time::timeout(STALL, request.send())
        .await
        .map_err(|_| TransferError::Unreachable)?
        .map_err(unreachable)?;
    if response.status() != StatusCode::PARTIAL_CONTENT {
        return Err(if response.status().is_success() {
            // A whole object where a range was asked for: not the storage that was promised.
            TransferError::NotWhatWasSealed
        } else {
            refusal(response).await
        });
    }
    let right = format!("bytes {start}-{}/{object_len}", end - 1);
    if response
        .headers()
        .get(header::CONTENT_RANGE)
        .and_then(|value| value.to_str().ok())
        != Some(&right)
    {
        return Err(TransferError::NotWhatWasSealed);
    }
    let len = usize::try_from(end - start).map_err(|_| TransferError::NotWhatWasSealed)?;
    let mut stored = buffers.take();
    stored.reserve(len);
    loop {
        let next = tokio::time::timeout(STALL, response.chunk());
        let Some(chunk) = next
            .await
            .map_err(|_| TransferError::Unreachable)?
            .map_err(unreachable)?
        else {
            break;
        };
        if stored.len() + chunk.len() > len {
            return Err(TransferError::NotWhatWasSealed);
        }
        stored.extend_from_slice(&chunk);
    }
    if stored.len() < len {
        return Err(TransferError::Unreachable);
    }
    off_thread(move || {
        let opened = open(&job, start, object_len, &stored, &buffers);
        buffers.give(stored);
        opened
    })
    .await
}

fn open(
    job: &OpenJob,
    start: u64,
    object_len: u64,
    stored: &[u8],
    buffers: &Arc<Buffers>,
) -> Result<OpenedRange<Plain>, TransferError> {
    let at_start = stored.first_chunk::<128>().copied();
    let bytes = job
        .known
        .map(|known| known.bytes)
        .or(at_start)
        .ok_or(TransferError::NotWhatWasSealed)?;
    let id = job.object_id.as_bytes();
    let mut reader = ObjectReader::open(id, &job.fek, job.stream_len, job.kind, &bytes, object_len)?;
    let content_len = match job.known {
        Some(known) => {
            reader.expect_content_len(known.content_len)?;
            known.content_len
        }
        None => {
            let first = reader
                .sealed_range(0)
                .and_then(|at| stored.get(at.start as usize..at.end as usize));
            reader.open_first(first.ok_or(TransferError::NotWhatWasSealed)?)?
        }
    };
    let run = reader.open_run_into(start, stored, buffers.take_used())?;
    let is_group = job.records.start.is_multiple_of(GROUP)
        && (job.records.end.is_multiple_of(GROUP) || job.records.end == reader.records());
    let digest = if is_group {
        hash_groups(stored).first().copied()
    } else {
        None
    };
    Ok(OpenedRange {
        content: Plain(Bytes::from_owner(Borrowed {
            bytes: run.content,
            home: Arc::clone(buffers),
        })),
        header: OpenedHeader { bytes, content_len },
        digest,
    })
}
