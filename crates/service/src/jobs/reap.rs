//! One pass.

use crate::{Reaped, Service, ServiceError};

impl Service {
    /// One pass of the background jobs: idle uploads are given up, links whose time is over ended, leases closed, the objects
    /// of ended links deleted once no claim may still read them, interrupted completions carried on, what is left of ended
    /// links forgotten after 30 days, and multipart uploads that the books do not know aborted. Bounded work: run it again.
    ///
    /// # Errors
    /// When the database fails. What fails at the bucket is counted in [`Reaped::failed`] and tried again by the next pass.
    pub async fn reap(&self) -> Result<Reaped, ServiceError> {
        let mut reaped = Reaped::default();
        self.close_claims(&mut reaped).await?;
        self.end_links(&mut reaped).await?;
        self.sweep_links(&mut reaped).await?;
        self.expire_uploads(&mut reaped).await?;
        self.resume_completions(&mut reaped).await?;
        self.remove_given_up(&mut reaped).await?;
        self.drop_tombstones(&mut reaped).await?;
        self.abort_orphans(&mut reaped).await?;
        if !reaped.is_empty() {
            tracing::info!(?reaped, "background jobs");
        }
        Ok(reaped)
    }
}
