//! How fast bytes move, and when a job that moves none is given up.

use std::cell::Cell;

use futures::{
    future::{Either, select},
    pin_mut,
};
use gloo_timers::future::TimeoutFuture;
use sealdrop_transfer::{STALL_TIMEOUT, StallDetector, TransferError};

use super::{BrowserPlatform, now_ms};
use crate::worker::{WorkerRequest, WorkerResponse};

/// Milliseconds: what is expected to take longer is slow enough to ask how far it is.
const SLOW: f64 = 2_500.0;
/// Milliseconds between two looks at the progress.
const LOOK_EVERY: u32 = 2_000;

impl BrowserPlatform {
    /// Runs a job of moving so many bytes, and gives up on it when nothing moves any longer. Its first word is that of its
    /// request: until then it waits for its turn or for a disk, and no line is silent. A slow line tells how far it is, and so
    /// does an unknown one; a fast one does not, and is done long before that.
    pub(super) async fn run(
        &self,
        job: &WorkerRequest,
        bytes: u64,
        progress: &dyn Fn(u64),
        file_of: impl Fn(u32) -> String,
    ) -> Result<WorkerResponse, TransferError> {
        let tells = self.throughput.get().usual(bytes).is_none_or(|usual| usual >= SLOW);
        job.set_progress(tells);
        let detector = Cell::new(None);
        let moved = |so_far| {
            let now = now_ms();
            // Nothing yet is the word of a request that begins: another worker may have taken over.
            let before = detector.get().filter(|_| so_far > 0);
            let mut this = before.unwrap_or(StallDetector::begin(bytes, now));
            this.note(so_far, now);
            detector.set(Some(this));
            progress(so_far);
        };
        let running = self.pool.run(job, &moved);
        let stalled = async {
            while !detector
                .get()
                .is_some_and(|detector| detector.has_stalled(self.throughput.get(), now_ms()))
            {
                TimeoutFuture::new(LOOK_EVERY).await;
            }
        };
        pin_mut!(running, stalled);
        match select(running, stalled).await {
            Either::Left((response, _)) => response.map_err(|fault| fault.into_transfer(file_of)),
            Either::Right(_) => {
                let throughput = self.throughput.get();
                self.throughput.set(match detector.get() {
                    Some(detector) if tells => detector.after_stall(throughput, now_ms()),
                    // It was silent, or slower than anybody thought: the next attempt tells how far it is.
                    _ => throughput.after(bytes, STALL_TIMEOUT),
                });
                Err(TransferError::Unreachable)
            }
        }
    }

    /// A range of one record says as much as a whole part: what counts is the time for a byte.
    pub(super) fn note_throughput(&self, response: &WorkerResponse, bytes: u64) {
        self.throughput.set(self.throughput.get().after(bytes, response.took()));
    }
}
