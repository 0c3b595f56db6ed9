//! The loops around the passes.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::service::Service;

/// Halves of a pass, each with a loop of its own.
#[derive(Clone, Copy)]
enum Half {
    Links,
    Uploads,
}

/// Time for which looks at links are added up before they are written.
const WRITE_OPENED_EVERY: Duration = Duration::from_secs(1);

impl Service {
    /// Makes passes of the background jobs now and then: at the start, every [`crate::ServiceConfig::reap_every`], and when an
    /// operation has left something to do. Links and uploads have a loop each, so that neither waits for the other. Returns
    /// when it is told to, between two passes.
    pub async fn run_jobs(self, shutdown: CancellationToken) {
        tokio::join!(
            self.repeat(Half::Links, &shutdown),
            self.repeat(Half::Uploads, &shutdown),
            self.note_looks(&shutdown),
        );
    }

    async fn repeat(&self, half: Half, shutdown: &CancellationToken) {
        loop {
            let pass = async {
                match half {
                    Half::Links => self.reap_links().await,
                    Half::Uploads => self.reap_uploads().await,
                }
            };
            // A pass that is cut off is made up by the next, so shutting down need not wait for it.
            let done = tokio::select! {
                done = pass => done,
                () = shutdown.cancelled() => return,
            };
            if let Err(error) = done {
                tracing::error!(%error, "a pass of the background jobs failed");
            }
            let woken = async {
                match half {
                    Half::Links => self.inner.wake.notified().await,
                    Half::Uploads => std::future::pending().await,
                }
            };
            tokio::select! {
                () = tokio::time::sleep(self.inner.reap_every) => {}
                () = woken => {}
                () = shutdown.cancelled() => return,
            }
        }
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
