//! A body on its way to the disk: two buffers, however long it is. One fills from the network while the other is
//! hashed and written on a thread that may wait.

use std::{
    io::{self, Write as _},
    time::{Duration, Instant},
};

use futures::StreamExt as _;
use s3s::{S3Result, dto::StreamingBlob, s3_error};
use tokio::task::JoinHandle;

use super::{
    Bucket,
    checksums::{BodyChecksums, BodyHasher, DeclaredChecksums},
    errors::{body_failed, disk_failed, interrupted},
    fair_semaphore::Permit,
};
use crate::store::{Step, TempFile};

/// Bytes written at a time.
const BUFFER: usize = 512 << 10;

/// A body that arrived whole and is what it was promised to be. Not yet synced, not yet anybody's.
pub(super) struct ReceivedBody {
    pub(super) file: TempFile,
    pub(super) checksums: BodyChecksums,
    /// Bytes.
    pub(super) len: u64,
}

/// What the writing thread owns between two buffers.
struct Written {
    file: TempFile,
    hasher: BodyHasher,
    buffer: Vec<u8>,
}

impl Bucket {
    /// Refuses what is too long before a byte of it is read.
    pub(super) fn check_len(&self, content_length: Option<i64>) -> S3Result<u64> {
        let len = content_length
            .and_then(|len| u64::try_from(len).ok())
            .ok_or_else(|| s3_error!(MissingContentLength, "A body needs a Content-Length."))?;
        if len > self.max_part_bytes {
            return Err(s3_error!(
                EntityTooLarge,
                "A body may have at most {} bytes.",
                self.max_part_bytes
            ));
        }
        Ok(len)
    }

    fn is_too_slow(&self, received: u64, waited: Duration) -> bool {
        let due = u128::from(self.min_rate) * waited.as_millis() / 1000;
        waited > self.slow_start && u128::from(received) < due
    }

    /// Receives exactly `len` bytes, or nothing; nothing, too, if the permit is revoked because another request waits.
    pub(super) async fn receive(
        &self,
        body: Option<StreamingBlob>,
        len: u64,
        promised: &DeclaredChecksums,
        permit: &Permit,
    ) -> S3Result<ReceivedBody> {
        let reserved = self.disk_space.reserve(len)?;
        let hasher = promised.hasher();
        let store = std::sync::Arc::clone(&self.store);
        let opening = move || {
            let file = store.temp_file()?;
            store.pass(Step::BodyOpened)?;
            Ok(Written {
                file,
                hasher,
                buffer: Vec::new(),
            })
        };
        let mut writing = tokio::task::spawn_blocking(opening);
        let mut filling = Vec::with_capacity(BUFFER.min(usize::try_from(len).unwrap_or(BUFFER)));
        let mut received = 0u64;
        // For the network alone: a slow disk is not the client's fault.
        let mut waited = Duration::ZERO;
        let mut body = body.unwrap_or_else(|| StreamingBlob::from(s3s::Body::empty()));
        loop {
            let since = Instant::now();
            let next = tokio::select! {
                next = tokio::time::timeout(self.body_stall, body.next()) => next,
                () = permit.revoked() => return Err(s3_error!(SlowDown, "Others wait, and this body was the slowest.")),
            };
            let next = next.map_err(|_| s3_error!(RequestTimeout, "No byte of the body came for too long."))?;
            let Some(piece) = next else { break };
            waited += since.elapsed();
            let mut piece = piece.map_err(body_failed)?;
            permit.moved(piece.len());
            received = received.saturating_add(piece.len() as u64);
            if received > len {
                return Err(s3_error!(IncompleteBody, "The body is longer than its Content-Length."));
            }
            if received < len && self.is_too_slow(received, waited) {
                return Err(s3_error!(RequestTimeout, "The body comes too slowly."));
            }
            while !piece.is_empty() {
                let free = BUFFER - filling.len();
                filling.extend_from_slice(&piece.split_to(free.min(piece.len())));
                if filling.len() == BUFFER {
                    let mut written = finished(writing).await?;
                    reserved.written(written.buffer.len());
                    std::mem::swap(&mut written.buffer, &mut filling);
                    filling.clear();
                    filling.reserve_exact(BUFFER);
                    writing = tokio::task::spawn_blocking(move || written.write());
                }
            }
        }
        if received != len {
            return Err(s3_error!(
                IncompleteBody,
                "The body is shorter than its Content-Length."
            ));
        }
        let mut written = finished(writing).await?;
        written.buffer = filling;
        let written = finished(tokio::task::spawn_blocking(move || written.write())).await?;
        let checksums = written.hasher.finish();
        promised.check(&checksums)?;
        Ok(ReceivedBody {
            file: written.file,
            checksums,
            len,
        })
    }
}

impl Written {
    fn write(mut self) -> io::Result<Self> {
        self.hasher.update(&self.buffer);
        self.file.file.write_all(&self.buffer)?;
        Ok(self)
    }
}

async fn finished(writing: JoinHandle<io::Result<Written>>) -> S3Result<Written> {
    writing.await.map_err(interrupted)?.map_err(disk_failed)
}
