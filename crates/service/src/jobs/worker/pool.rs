//! The loop of a worker.

use std::{sync::Arc, time::Duration};

use tokio::{sync::Semaphore, task::JoinSet, time::Instant};
use tokio_util::sync::CancellationToken;

use super::Worker;
use crate::{error::InternalError, jobs::queue::Room};

/// Jobs that run at once and are not periodic. Those that are have places of their own, one for each kind: jobs that wait for a bucket
/// which does not answer must not hold them up.
pub(super) const AT_ONCE: usize = 4;
/// Between two looks for jobs that are due, or that another process has added.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// Between two looks for rows that a clock which was set back has left in the future.
const BRING_BACK_EVERY: Duration = Duration::from_secs(30);

impl Worker {
    /// Runs jobs until it is told to stop; then cuts off those that run, and gives their claims back.
    pub(crate) async fn run(self, stop: &CancellationToken) {
        let mut running = JoinSet::new();
        let places = Arc::new(Semaphore::new(AT_ONCE));
        let (mut has_begun, mut brought_back, mut fails) = (false, None, false);
        loop {
            let filled = async {
                if !has_begun {
                    self.keep_periodic().await?;
                    has_begun = true;
                }
                if brought_back.is_none_or(|at: Instant| at.elapsed() >= BRING_BACK_EVERY) {
                    self.bring_back().await?;
                    brought_back = Some(Instant::now());
                }
                self.fill(&mut running, &places, stop).await
            };
            match filled.await {
                Ok(()) => fails = false,
                // Once, not each second.
                Err(error) if !fails => {
                    tracing::error!(%error, "jobs cannot be claimed");
                    fails = true;
                }
                Err(_) => {}
            }
            tokio::select! {
                biased;
                () = stop.cancelled() => break,
                Some(_) = running.join_next() => {}
                () = self.service.inner.wake.for_worker() => {}
                () = tokio::time::sleep(LOOK_EVERY) => {}
            }
        }
        while running.join_next().await.is_some() {}
    }

    /// Claims jobs and starts them, until none is due that has a place.
    pub(super) async fn fill(
        &self,
        running: &mut JoinSet<()>,
        places: &Arc<Semaphore>,
        stop: &CancellationToken,
    ) -> Result<(), InternalError> {
        while !stop.is_cancelled() {
            let place = Arc::clone(places).try_acquire_owned().ok();
            let room = if place.is_some() { Room::Any } else { Room::Periodic };
            let Some((claim, kind)) = self.claim_for(room).await? else {
                return Ok(());
            };
            let place = place.filter(|_| claim.every.is_none());
            let (worker, stop) = (self.clone(), stop.clone());
            running.spawn(async move {
                worker.work(claim, kind, &stop).await;
                drop(place);
            });
        }
        Ok(())
    }
}
