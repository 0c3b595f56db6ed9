//! `POST …/claims/{claim_id}/commit`: the download is complete and verified.

use sealdrop_api::{ClaimId, LinkAuth, LinkId, ProblemType, claims::ClaimProgress};

use super::{
    find,
    lease_counts::{save_counts, take_again},
};
use crate::{
    error::ServiceError,
    links::timeline,
    metrics::count::count_claim,
    notices::note::{Happened, note},
    service::Service,
    store::claims::{self, Purpose, State},
};

impl Service {
    /// Counts the download, once, and tells the link's owner of it, if they want to know; repeating it answers the same. A claim that holds its place commits whatever became of the
    /// link meanwhile; a lapsed one needs a place that is free.
    ///
    /// # Errors
    /// `link-not-found`; with the right bearer `claim-not-found`, `claim-ended` (released), and of a lapsed claim `link-busy`,
    /// `link-exhausted`, `link-expired`, `link-revoked`.
    pub async fn commit_claim(
        &self,
        link_id: LinkId,
        claim_id: ClaimId,
        auth: &LinkAuth,
    ) -> Result<ClaimProgress, ServiceError> {
        let (tx, mut link) = self.hold_link(link_id, auth).await?;
        let mut claim = find(&tx, &link, claim_id).await?;
        let now = self.now();
        match claim.state {
            State::Committed => {
                return Ok(ClaimProgress {
                    state: claim.state.into(),
                });
            }
            State::Released => return Err(ProblemType::ClaimEnded.into()),
            State::Lapsed if claim.purpose == Purpose::Download => {
                take_again(&*tx, &mut link, &mut claim, now).await?;
            }
            State::Lapsed | State::Active => {}
        }
        if claim.holds_place() {
            link.active -= 1;
            link.used += 1;
        }
        claim.state = State::Committed;
        claim.counted |= claim.purpose == Purpose::Download;
        claims::save(&*tx, &claim).await?;
        save_counts(&*tx, &mut link, now).await?;
        if claim.purpose == Purpose::Download {
            timeline::note(&*tx, link_id, timeline::Kind::Finished, 1, now).await?;
        }
        let is_told = match link.user().filter(|_| claim.purpose == Purpose::Download) {
            // Last in the transaction: who holds rows of links and of notices takes them in this order.
            Some(owner) => note(&tx, owner, Happened::Downloaded(link_id)).await?,
            None => false,
        };
        tx.commit().await?;
        if is_told {
            self.inner.wake.wake();
        }
        count_claim("committed", claim.purpose == Purpose::Download);
        tracing::info!(%link_id, %claim_id, used = link.used, "claim committed");
        Ok(ClaimProgress {
            state: claim.state.into(),
        })
    }
}
