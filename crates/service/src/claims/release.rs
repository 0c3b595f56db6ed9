//! `POST …/claims/{claim_id}/release`: the place is given back.

use sealdrop_api::{
    ClaimId, LinkId,
    claims::{ClaimProgress, Release, ReleaseReason},
};

use super::{find, lease_counts::save_counts};
use crate::{
    error::ServiceError,
    links::timeline::{Kind, note},
    metrics::count::count_claim,
    service::Service,
    store::claims::{self, Purpose, State},
};

impl Service {
    /// Gives the place back; one whose page was closed (`left`) only lapses, so that the same claim may go on. A committed claim
    /// stays committed; repeating it answers the same.
    ///
    /// # Errors
    /// `link-not-found`; with the right bearer `claim-not-found`.
    pub async fn release_claim(
        &self,
        link_id: LinkId,
        claim_id: ClaimId,
        release: Release,
    ) -> Result<ClaimProgress, ServiceError> {
        let (tx, mut link) = self.hold_link(link_id, &release.auth).await?;
        let mut claim = find(&tx, &link, claim_id).await?;
        let (now, failed_before) = (self.now(), link.failed);
        let ended = match release.reason {
            ReleaseReason::Left => State::Lapsed,
            ReleaseReason::Cancelled | ReleaseReason::Failed => State::Released,
        };
        match claim.state {
            State::Committed | State::Released => {
                return Ok(ClaimProgress {
                    state: claim.state.into(),
                });
            }
            // Its place went, and was counted, when it lapsed.
            State::Lapsed => claim.state = ended,
            State::Active => link.give_back(&mut claim, ended),
        }
        claims::save(&*tx, &claim).await?;
        save_counts(&*tx, &mut link, now).await?;
        note(&*tx, link_id, Kind::Failed, link.failed - failed_before, now).await?;
        tx.commit().await?;
        count_claim("released", claim.purpose == Purpose::Download);
        tracing::info!(%link_id, %claim_id, reason = ?release.reason, "claim released");
        Ok(ClaimProgress {
            state: claim.state.into(),
        })
    }
}
