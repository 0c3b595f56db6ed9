//! One job from its claim to its end.

use std::panic::AssertUnwindSafe;

use futures::FutureExt as _;
use tokio_util::sync::CancellationToken;

use super::Worker;
use crate::{
    error::InternalError,
    jobs::{
        kind::{JobResult, Kind},
        queue::{self, Claim, Ended},
    },
    metrics::count::count_job,
};

/// Why a run was over.
pub(super) enum Over {
    Returned(JobResult),
    Panicked,
    LeaseLost,
    Stopped,
}

impl Worker {
    /// Runs a job that was claimed, and writes down how that ended. On `stop` the job is cut off and its claim given back.
    pub(super) async fn work(&self, claim: Claim, kind: Kind, stop: &CancellationToken) {
        let name = kind.name;
        let job = kind.run(self.service.clone(), claim.payload.clone());
        let over = tokio::select! {
            biased;
            () = stop.cancelled() => Over::Stopped,
            () = self.hold(&claim) => Over::LeaseLost,
            over = AssertUnwindSafe(job).catch_unwind() => over.map_or(Over::Panicked, Over::Returned),
        };
        match self.note_end(&claim, over).await {
            Ok(outcome) => count_job(name, outcome),
            // The lease runs out, and another claim makes it up.
            Err(error) => {
                tracing::warn!(%error, id = claim.id, kind = claim.kind, "how a job ended cannot be written down");
            }
        }
    }

    /// Writes down how a run ended, and returns what the metrics call that.
    pub(super) async fn note_end(&self, claim: &Claim, over: Over) -> Result<&'static str, InternalError> {
        let store = &self.service.inner.store;
        let (id, kind) = (claim.id, claim.kind.as_str());
        let is_stopped = matches!(over, Over::Stopped);
        let ended = match over {
            Over::Returned(Ok(next)) => {
                let tx = store.write().await?;
                if queue::finish(&tx, claim).await? {
                    let follows = next.is_some();
                    if let Some(next) = next {
                        queue::enqueue(&tx, next).await?;
                    }
                    tx.commit().await?;
                    if follows {
                        self.service.inner.wake.wake();
                    }
                    return Ok("done");
                }
                Ended::Lost
            }
            Over::Returned(Err(error)) => self.note_failure(claim, &error.to_string()).await?,
            Over::Panicked => self.note_failure(claim, "it panicked; the log says where").await?,
            Over::Stopped => queue::give_back(store, claim).await?,
            Over::LeaseLost => Ended::Lost,
        };
        if ended == Ended::Lost {
            tracing::warn!(id, kind, "a job's claim was lost: what it did since counts for nothing");
        }
        Ok(match ended {
            Ended::Lost => "lost",
            _ if is_stopped => "stopped",
            Ended::Dead => "dead",
            Ended::Waits | Ended::TakenOver => "failed",
        })
    }

    async fn note_failure(&self, claim: &Claim, error: &str) -> Result<Ended, InternalError> {
        let ended = queue::put_back(&self.service.inner.store, claim, error).await?;
        let (id, kind, tries) = (claim.id, claim.kind.as_str(), claim.tries);
        if ended == Ended::Dead {
            tracing::error!(id, kind, tries, error, "a job is dead: it failed too often");
        } else {
            tracing::warn!(id, kind, tries, error, "a job failed");
        }
        Ok(ended)
    }
}
