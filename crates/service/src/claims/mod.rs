//! Claims: a leased place on a link, counted once, when a whole download was verified.

mod commit;
mod create;
mod lease_counts;
mod looks;
mod release;
mod sign;

use sealdrop_api::{ClaimId, LinkAuth, LinkId, ProblemType, limits::CLAIM_LEASE_IN};

pub(crate) use lease_counts::close_overdue;

use crate::{
    error::ServiceError,
    links::opened_by,
    service::Service,
    store::{
        WriteTx,
        claims::{self, Model},
        links::{self, Link},
        signed,
    },
};

/// Milliseconds of a lease.
const LEASE: i64 = CLAIM_LEASE_IN as i64 * 1000;

impl Service {
    /// The link, held against other writers, if the bearer fits. Who has none does not even wait for a lock.
    async fn hold_link(&self, link_id: LinkId, auth: &LinkAuth) -> Result<(WriteTx, Link), ServiceError> {
        opened_by(links::find(self.inner.store.reader(), link_id).await?, auth)?;
        let tx = self.inner.store.write().await?;
        let link = opened_by(links::find_locked(&*tx, link_id).await?, auth)?;
        Ok((tx, link))
    }
}

async fn find(tx: &WriteTx, link: &Link, claim_id: ClaimId) -> Result<Model, ServiceError> {
    claims::find(&**tx, link.id(), claim_id)
        .await?
        .ok_or_else(|| ProblemType::ClaimNotFound.into())
}

/// A lease from now on; never beyond the time in which the claim may go on at all.
fn leased(now: i64, resume_until: i64) -> i64 {
    (now + LEASE).min(resume_until)
}

/// Milliseconds of whole seconds.
fn seconds(seconds: u64) -> i64 {
    signed(seconds).saturating_mul(1000)
}
