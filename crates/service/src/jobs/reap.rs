//! One pass.

use crate::{Reaped, Service, ServiceError};

impl Service {
    /// One pass of the background jobs: after a look at the clock, idle uploads are given up, links whose time is over ended, leases closed, the objects
    /// of ended links deleted once no claim may still read them, interrupted completions carried on, what is left of ended
    /// links forgotten after 30 days, and multipart uploads that the books do not know aborted. Bounded work: run it again.
    ///
    /// A step that fails is logged and stops none of the others: a row that one of them cannot take must not keep revoked
    /// objects on the disk.
    ///
    /// # Errors
    /// When the database fails: what the first step that failed says, after all were tried. What fails at the bucket is
    /// counted in [`Reaped::failed`] and tried again by the next pass.
    pub async fn reap(&self) -> Result<Reaped, ServiceError> {
        let mut reaped = Reaped::default();
        let mut first = None;
        let mut note = |step: &'static str, done: Result<(), ServiceError>| {
            if let Err(error) = done {
                tracing::error!(%error, step, "a step of the background jobs failed");
                first.get_or_insert(error);
            }
        };
        note(
            "look_at_clock",
            self.look_at_clock(false).await.map_err(ServiceError::from),
        );
        note("close_claims", self.close_claims(&mut reaped).await);
        note("end_links", self.end_links(&mut reaped).await);
        note("sweep_links", self.sweep_links(&mut reaped).await);
        note("lapse_promises", self.lapse_promises(&mut reaped).await);
        note("forget_reservations", self.forget_reservations(&mut reaped).await);
        note("expire_uploads", self.expire_uploads(&mut reaped).await);
        note("resume_completions", self.resume_completions(&mut reaped).await);
        note("remove_given_up", self.remove_given_up(&mut reaped).await);
        note("drop_tombstones", self.drop_tombstones(&mut reaped).await);
        note("abort_orphans", self.abort_orphans(&mut reaped).await);
        if !reaped.is_empty() {
            tracing::info!(?reaped, "background jobs");
        }
        first.map_or(Ok(reaped), Err)
    }
}
