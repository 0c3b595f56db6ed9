//! One part: read, sealed on a thread of its own, PUT with its exact length.

use std::{
    convert::Infallible,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use reqwest::header;
use sealdrop_transfer::{DeviceFault, PartJob, SentPart, StallDetector, TransferError};

use super::{
    CliPlatform,
    buffers::Borrowed,
    response::{refusal, unreachable},
};
use crate::{
    off_thread::off_thread,
    source::{SourceFile, read_extents},
};

/// Bytes handed to the connection at a time: what progress is counted in.
const PIECE: usize = 256 << 10;
/// How often a running PUT is looked at.
const LOOK: Duration = Duration::from_millis(200);

pub(super) async fn seal_and_send(
    platform: &CliPlatform,
    job: PartJob<SourceFile>,
    sent: &dyn Fn(u64),
) -> Result<SentPart, TransferError> {
    let buffers = Arc::clone(&platform.buffers);
    let PartJob {
        object,
        part,
        extents,
        url,
        sealed_len,
    } = job;
    let sealed = off_thread(move || {
        let mut content = buffers.take();
        let read = read_extents(&extents, &mut content);
        let sealed = read.and_then(|()| Ok(object.writer().seal_part_reusing(part, &content, buffers.take())?));
        buffers.give(content);
        sealed
    })
    .await?;
    if sealed.bytes.len() as u64 != sealed_len {
        return Err(TransferError::device(DeviceFault::Internal, "part length"));
    }
    let body = Bytes::from_owner(Borrowed {
        bytes: sealed.bytes,
        home: Arc::clone(&platform.buffers),
    });
    let etag = put(platform, &url, body, sent).await?;
    Ok(SentPart {
        etag,
        digests: sealed.digests,
    })
}

/// PUTs bytes; gives up when nothing moves any more, or no answer comes.
pub(super) async fn put(
    platform: &CliPlatform,
    url: &str,
    bytes: Bytes,
    sent: &dyn Fn(u64),
) -> Result<String, TransferError> {
    let len = bytes.len() as u64;
    let taken = Arc::new(AtomicU64::new(0));
    let body = reqwest::Body::wrap(Counted {
        rest: bytes,
        taken: Arc::clone(&taken),
    });
    let sending = platform
        .ask(reqwest::Method::PUT, url)?
        .header(header::CONTENT_LENGTH, len)
        .body(body)
        .send();
    tokio::pin!(sending);
    let begun = platform.now_ms();
    let mut detector = StallDetector::begin(len, begun);
    let response = loop {
        tokio::select! {
            response = &mut sending => break response.map_err(unreachable)?,
            () = tokio::time::sleep(LOOK) => {
                let so_far = taken.load(Ordering::Relaxed);
                if detector.note(so_far, platform.now_ms()) {
                    sent(so_far);
                }
                let (throughput, now) = (platform.throughput.get(), platform.now_ms());
                if detector.has_stalled(throughput, now) {
                    platform.throughput.set(detector.after_stall(throughput, now));
                    return Err(TransferError::Unreachable);
                }
            }
        }
    };
    if !response.status().is_success() {
        return Err(refusal(response).await);
    }
    let took = platform.now_ms() - begun;
    platform.throughput.set(platform.throughput.get().after(len, took));
    sent(len);
    let etag = response
        .headers()
        .get(header::ETAG)
        .and_then(|etag| etag.to_str().ok())
        .map(ToOwned::to_owned);
    etag.filter(|etag| !etag.is_empty()).ok_or(TransferError::EtagHidden)
}

/// A body of known length that says how much of it was taken.
struct Counted {
    rest: Bytes,
    taken: Arc<AtomicU64>,
}

impl Body for Counted {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if self.rest.is_empty() {
            return Poll::Ready(None);
        }
        let len = self.rest.len().min(PIECE);
        let piece = self.rest.split_to(len);
        self.taken.fetch_add(len as u64, Ordering::Relaxed);
        Poll::Ready(Some(Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.rest.len() as u64)
    }
}
