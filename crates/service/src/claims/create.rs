//! `POST links/{link_id}/claims`: a click takes a place.

use sea_orm::{ActiveValue::Set, EntityTrait};
use sealdrop_api::{
    LinkId, ProblemType,
    claims::{ClaimStatus, NewClaim},
    limits::CLAIM_RESUME_IN,
};

use super::{
    lease_counts::{close_overdue, save_counts, take_again, take_place},
    leased,
    looks::check_looks_left,
    seconds,
};
use crate::{
    error::{InternalError, ServiceError},
    links::timeline::{Kind, note},
    metrics::count::count_claim,
    service::Service,
    store::{
        WriteTx,
        claims::{self, Entity, Model, Purpose, State},
        db,
        links::Link,
    },
};

/// Looks that one link has within their 24 hours: a bound on rows, far above what people do. Downloads need none: each row
/// of theirs took a place, and [`Link::give_back`] counts those that end without a commit, so that there are about four for
/// each download of the link.
const MAX_LOOKS: u64 = 20_000;

impl Service {
    /// Takes a place on a link, for all that the visit picks. The same id takes no second one: an active or committed claim
    /// answers as it is, a lapsed one goes on if a place is free. A look (`preview`) takes none.
    ///
    /// # Errors
    /// `link-not-found`; with the right bearer `link-expired`, `link-exhausted`, `link-revoked`, `link-paused`, `link-busy` (every place that is
    /// left is leased), `claim-ended` (released, or its 24 hours are over).
    pub async fn create_claim(&self, link_id: LinkId, new: NewClaim) -> Result<ClaimStatus, ServiceError> {
        let (tx, mut link) = self.hold_link(link_id, &new.auth).await?;
        let now = self.now();
        if let Some(mut claim) = claims::find(&*tx, link_id, new.claim_id).await? {
            if Purpose::from(new.purpose) != claim.purpose {
                return Err(ProblemType::ClaimEnded.into());
            }
            self.resume(&tx, &mut link, &mut claim, now).await?;
            tx.commit().await?;
            return Ok(claim.status());
        }
        close_overdue(&*tx, &mut link, now).await?;
        if let Some(problem) = link.closed_problem(now) {
            // What was closed stays closed.
            tx.commit().await?;
            return Err(problem.into());
        }
        let purpose = Purpose::from(new.purpose);
        if purpose == Purpose::Preview {
            check_looks_left(&link, 0)?;
            if claims::count_looks(&*tx, link_id, now).await? >= MAX_LOOKS {
                return Err(ProblemType::TooManyRequests.into());
            }
        }
        if purpose == Purpose::Download
            && let Err(error) = take_place(&*tx, &mut link, now).await
        {
            tx.commit().await?;
            return Err(error);
        }
        let resume_until = match purpose {
            Purpose::Download => now + seconds(CLAIM_RESUME_IN),
            // It ends with the link.
            Purpose::Preview => (now + seconds(CLAIM_RESUME_IN)).min(link.expires_at),
        };
        let claim = Model {
            link_id: link_id.0.to_vec(),
            claim_id: new.claim_id.0.to_vec(),
            purpose,
            state: State::Active,
            counted: false,
            created_at: now,
            lease_until: leased(now, resume_until),
            resume_until,
            signed_len: 0,
        };
        insert(&tx, &claim).await?;
        if purpose == Purpose::Download {
            note(&*tx, link_id, Kind::Started, 1, now).await?;
        }
        tx.commit().await?;
        count_claim("created", purpose == Purpose::Download);
        tracing::info!(%link_id, claim_id = %new.claim_id, ?purpose, "claim made");
        Ok(claim.status())
    }

    /// Goes on with a claim that exists, if it may.
    pub(super) async fn resume(
        &self,
        tx: &WriteTx,
        link: &mut Link,
        claim: &mut Model,
        now: i64,
    ) -> Result<(), ServiceError> {
        // A download goes on to its end; a look was never more than the link allows.
        let stops = match claim.purpose {
            Purpose::Download => link.revoked_problem(now),
            Purpose::Preview => link.closed_problem(now),
        };
        if let Some(problem) = stops {
            return Err(problem.into());
        }
        if claim.state == State::Released || claim.resume_until <= now {
            return Err(ProblemType::ClaimEnded.into());
        }
        if claim.state == State::Lapsed {
            if let Some(problem) = link.closed_problem(now).filter(|_| !claim.counted) {
                return Err(problem.into());
            }
            if claim.purpose == Purpose::Download {
                take_again(&**tx, link, claim, now).await?;
                save_counts(&**tx, link, now).await?;
            }
            claim.state = State::Active;
        }
        if claim.state == State::Active {
            claim.lease_until = leased(now, claim.resume_until);
        }
        claims::save(&**tx, claim).await?;
        Ok(())
    }
}

async fn insert(tx: &WriteTx, claim: &Model) -> Result<(), InternalError> {
    let row = claims::ActiveModel {
        link_id: Set(claim.link_id.clone()),
        claim_id: Set(claim.claim_id.clone()),
        purpose: Set(claim.purpose),
        state: Set(claim.state),
        counted: Set(claim.counted),
        created_at: Set(claim.created_at),
        lease_until: Set(claim.lease_until),
        resume_until: Set(claim.resume_until),
        signed_len: Set(claim.signed_len),
    };
    Entity::insert(row)
        .exec_without_returning(&**tx)
        .await
        .map_err(db("making a claim"))?;
    Ok(())
}
