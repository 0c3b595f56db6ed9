//! How fast bytes move, and when a job that moves none is given up.

use core::time::Duration;
use std::cell::Cell;

use futures::{
    future::{Either, select},
    pin_mut,
};
use gloo_timers::future::TimeoutFuture;
use sealdrop_transfer::{Platform, TransferError};

use super::BrowserPlatform;
use crate::worker::{Job, Said};

/// Milliseconds: what is expected to take longer is slow enough to ask how far it is.
const SLOW_MS: f64 = 2_500.0;
/// Without progress for this long, a connection is taken for dead.
const STALLED: Duration = Duration::from_secs(30);
/// Milliseconds between two looks at the progress.
const LOOK_EVERY: u32 = 2_000;

impl BrowserPlatform {
    /// Whether so many bytes are slow enough to ask how far they are; also where nobody knows.
    fn is_slow(&self, bytes: u64) -> bool {
        self.pace.get().is_none_or(|pace| pace * bytes as f64 >= SLOW_MS)
    }

    /// Runs a job of moving so many bytes, and gives up on it when nothing moves any longer. A slow line tells how far it is;
    /// a fast one does not, and is done long before that.
    pub(super) async fn run(
        &self,
        job: &Job,
        bytes: u64,
        progress: &dyn Fn(u64),
        file_of: impl Fn(u32) -> String,
    ) -> Result<Said, TransferError> {
        job.set_progress(self.is_slow(bytes));
        let last = Cell::new(self.now());
        let moved = |bytes| {
            last.set(self.now());
            progress(bytes);
        };
        let running = self.pool.run(job, &moved);
        let stalled = async {
            while self.now().saturating_sub(last.get()) < STALLED {
                TimeoutFuture::new(LOOK_EVERY).await;
            }
        };
        pin_mut!(running, stalled);
        match select(running, stalled).await {
            Either::Left((said, _)) => said.map_err(|fault| fault.into_transfer(file_of)),
            Either::Right(_) => {
                // It was silent, or slower than anybody thought: the next attempt tells how far it is.
                self.pace.set(None);
                Err(TransferError::Unreachable)
            }
        }
    }

    /// A range of one record says as much as a whole part: what counts is the time for a byte.
    pub(super) fn note_pace(&self, said: &Said, bytes: u64) {
        let took = said.took();
        if took.is_finite() && bytes > 0 {
            self.pace.set(Some(took.max(0.0) / bytes as f64));
        }
    }
}
