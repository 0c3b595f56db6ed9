//! One pass, in two halves that are a periodic job each: what ends links must not wait for what was never sent.

use std::time::Duration;

use super::kind::Kind;
use crate::{
    error::{InternalError, ServiceError},
    jobs::reaped::Reaped,
    service::Service,
};

/// The half that ends links and takes away what they had.
pub(super) fn links(every: Duration) -> Kind {
    Kind::every("reap_links", every, |service: Service| async move {
        no_failure(service.reap_links().await?)
    })
    .and_at_start()
}

/// The half that looks after uploads.
pub(super) fn uploads(every: Duration) -> Kind {
    Kind::every("reap_uploads", every, |service: Service| async move {
        no_failure(service.reap_uploads().await?)
    })
    .and_at_start()
}

/// What the bucket refused makes the whole run one that failed. The steps that can be taken were.
fn no_failure(reaped: Reaped) -> Result<(), ServiceError> {
    match reaped.failed {
        0 => Ok(()),
        failed => {
            let why = format!("{failed} steps at the bucket failed; the log says which");
            Err(InternalError::transient("a pass of the reaper", why).into())
        }
    }
}

/// Notes the first step that failed, and logs each.
#[derive(Default)]
struct Steps(Option<ServiceError>);

impl Steps {
    fn note(&mut self, step: &'static str, done: Result<(), ServiceError>) {
        if let Err(error) = done {
            tracing::error!(%error, step, "a step of the background jobs failed");
            self.0.get_or_insert(error);
        }
    }

    fn end(self, reaped: Reaped) -> Result<Reaped, ServiceError> {
        if !reaped.is_empty() {
            tracing::info!(?reaped, "background jobs");
        }
        self.0.map_or(Ok(reaped), Err)
    }
}

impl Service {
    /// One pass of the background jobs: after a look at the clock, links whose time is over ended, leases closed, the objects
    /// of ended links deleted once no claim may still read them, what is left of ended links forgotten after 30 days; idle
    /// uploads given up, interrupted completions carried on, and multipart uploads that the database does not know aborted.
    /// Bounded work: run it again.
    ///
    /// A step that fails is logged and stops none of the others: a row that one of them cannot take must not keep revoked
    /// objects on the disk.
    ///
    /// # Errors
    /// When the database fails: what the first step that failed says, after all were tried. What fails at the bucket is
    /// counted in [`Reaped::failed`] and tried again by the next pass.
    pub async fn reap(&self) -> Result<Reaped, ServiceError> {
        let (mut reaped, mut steps) = (Reaped::default(), Steps::default());
        self.tend_links(&mut reaped, &mut steps).await;
        self.tend_uploads(&mut reaped, &mut steps).await;
        let written = self.write_opened().await.map_err(ServiceError::from);
        steps.note("write_opened", written);
        let scrubbed = self.inner.store.scrub().await.map_err(ServiceError::from);
        steps.note("scrub", scrubbed);
        steps.end(reaped)
    }

    /// The half that ends links and takes away what they had. A job may be cut off at any line: what this process counted is written by
    /// its upkeep, which is not.
    async fn reap_links(&self) -> Result<Reaped, ServiceError> {
        let (mut reaped, mut steps) = (Reaped::default(), Steps::default());
        self.tend_links(&mut reaped, &mut steps).await;
        steps.end(reaped)
    }

    /// The half that looks after uploads. Only the other one looks at the clock.
    async fn reap_uploads(&self) -> Result<Reaped, ServiceError> {
        let (mut reaped, mut steps) = (Reaped::default(), Steps::default());
        self.tend_uploads(&mut reaped, &mut steps).await;
        steps.end(reaped)
    }

    async fn tend_links(&self, reaped: &mut Reaped, steps: &mut Steps) {
        let looked = self.look_at_clock(None).await.map_err(ServiceError::from);
        steps.note("look_at_clock", looked);
        steps.note("close_claims", self.close_claims(reaped).await);
        steps.note("end_links", self.end_links(reaped).await);
        steps.note("sweep_links", self.sweep_links(reaped).await);
        steps.note("remove_deleted", self.remove_deleted(reaped).await);
        steps.note("drop_tombstones", self.drop_tombstones(reaped).await);
    }

    async fn tend_uploads(&self, reaped: &mut Reaped, steps: &mut Steps) {
        steps.note("lapse_promises", self.lapse_promises(reaped).await);
        steps.note("forget_reservations", self.forget_reservations(reaped).await);
        steps.note("expire_uploads", self.expire_uploads(reaped).await);
        steps.note("resume_completions", self.resume_completions(reaped).await);
        steps.note("remove_deleted", self.remove_deleted(reaped).await);
        steps.note("remove_aborted", self.remove_aborted(reaped).await);
        steps.note("forget_uploads", self.forget_uploads(reaped).await);
        steps.note("abort_orphans", self.abort_orphans(reaped).await);
    }
}
