//! Keeps a claim as long as its job runs.

use std::time::Duration;

use tokio::time::{Instant, sleep, timeout_at};

use super::Worker;
use crate::jobs::queue::{self, Claim, LEASE};

/// The holder stops so long before the lease ends by the database's clock.
const MARGIN: Duration = Duration::from_secs(1);

impl Worker {
    /// Renews the lease again and again. Returns when it is lost: another worker may have the job.
    pub(super) async fn hold(&self, claim: &Claim) {
        let store = &self.service.inner.store;
        let mut until = Instant::now() + LEASE - MARGIN;
        loop {
            sleep(self.renew_every).await;
            let asked = Instant::now();
            match timeout_at(until, queue::renew(store, claim)).await {
                Ok(Ok(true)) => until = asked + LEASE - MARGIN,
                Ok(Ok(false)) | Err(_) => return,
                Ok(Err(error)) => {
                    tracing::warn!(%error, id = claim.id, "a job's lease is not renewed yet");
                    if Instant::now() + self.renew_every > until {
                        return;
                    }
                }
            }
        }
    }
}
