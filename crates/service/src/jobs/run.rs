//! The loop around the passes.

use tokio_util::sync::CancellationToken;

use crate::Service;

impl Service {
    /// Makes a pass of the background jobs now and then: at the start, every [`crate::ServiceConfig::reap_every`], and when an
    /// operation has left something to do. Returns when it is told to, between two passes.
    pub async fn run_jobs(self, shutdown: CancellationToken) {
        loop {
            // A pass that is cut off is made up by the next, so shutting down need not wait for it.
            let pass = tokio::select! {
                pass = self.reap() => pass,
                () = shutdown.cancelled() => return,
            };
            if let Err(error) = pass {
                tracing::error!(%error, "a pass of the background jobs failed");
            }
            tokio::select! {
                () = tokio::time::sleep(self.inner.reap_every) => {}
                () = self.inner.wake.notified() => {}
                () = shutdown.cancelled() => return,
            }
        }
    }
}
