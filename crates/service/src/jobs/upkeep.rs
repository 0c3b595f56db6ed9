//! What each process of a server looks after itself, whether it runs jobs or not: its clock, its counts, its write-ahead log, its
//! connection to Redis.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::{kind::Kind, queue, registry::registry, worker::Worker};
use crate::{error::InternalError, service::Service};

/// Time for which looks at links are added up before they are written.
const WRITE_OPENED_EVERY: Duration = Duration::from_secs(1);

impl Service {
    /// Runs the background jobs of this installation, and this process's own upkeep: [`Service::run_upkeep`]. Any number of processes
    /// may do so. Returns when it is told to; what is under way then is given back, and made up by another run.
    pub async fn run_jobs(self, shutdown: CancellationToken) {
        let worker = Worker::new(self.clone(), registry(self.inner.reap_every));
        tokio::join!(worker.run(&shutdown), self.run_upkeep(&shutdown));
    }

    /// What a process needs that runs no jobs: a look at its clock every [`crate::ServiceConfig::reap_every`], and what it counted
    /// and took out of the database written. Returns when it is told to.
    pub async fn run_upkeep(&self, shutdown: &CancellationToken) {
        let kinds = registry(self.inner.reap_every);
        if let Err(error) = queue::announce_periodic(&self.inner.store, Kind::periods(&kinds)).await {
            tracing::warn!(%error, "periodic jobs are not announced: if no worker runs, nothing says so");
        }
        tokio::join!(
            self.keep_up(shutdown),
            self.note_looks(shutdown),
            self.listen_to_redis(shutdown),
        );
    }

    async fn listen_to_redis(&self, shutdown: &CancellationToken) {
        if let Some(redis) = &self.inner.redis {
            redis.listen(shutdown, || self.inner.wake.wake_here()).await;
        }
    }

    async fn keep_up(&self, shutdown: &CancellationToken) {
        let mut is_warned = false;
        loop {
            let done = async {
                self.look_at_clock(None).await?;
                self.look_at_secret(&mut is_warned).await?;
                self.inner.store.scrub().await
            };
            let done = tokio::select! {
                done = done => done,
                () = shutdown.cancelled() => return,
            };
            if let Err(error) = done {
                tracing::error!(%error, "the upkeep of this process failed");
            }
            tokio::select! {
                () = tokio::time::sleep(self.inner.reap_every) => {}
                () = self.inner.wake.for_upkeep() => {}
                () = shutdown.cancelled() => return,
            }
        }
    }

    /// Notes which secret codes are derived from here, and warns once when another server uses another one.
    async fn look_at_secret(&self, is_warned: &mut bool) -> Result<(), InternalError> {
        self.note_auth_secret().await?;
        let state = self.auth_secret_state().await?;
        if let (Err(why), false) = (&state, *is_warned) {
            tracing::warn!("{why}");
        }
        *is_warned = state.is_err();
        Ok(())
    }

    /// Writes down how often links were opened, a while after they were.
    async fn note_looks(&self, shutdown: &CancellationToken) {
        loop {
            let over = tokio::select! {
                () = self.inner.opened.noted() => false,
                () = shutdown.cancelled() => true,
            };
            if !over {
                tokio::select! {
                    () = tokio::time::sleep(WRITE_OPENED_EVERY) => {}
                    () = shutdown.cancelled() => {}
                }
            }
            if let Err(error) = self.write_opened().await {
                tracing::warn!(%error, "looks at links are written later");
            }
            if over {
                return;
            }
        }
    }
}
