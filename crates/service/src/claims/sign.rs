//! `POST …/claims/{claim_id}/urls`: presigned GETs, and the sign of life that renews the lease.

use std::collections::HashMap;

use sealdrop_api::{
    ClaimId, LinkId, ObjectId, Problem, ProblemType,
    claims::{ObjectUrls, ObjectsToSign},
    limits::OBJECT_WINDOW,
};

use super::{find, leased, looks::count_look};
use crate::{
    error::ServiceError,
    origin::Origin,
    service::Service,
    store::{
        claims::{self, Purpose, State},
        instant, link_objects, signed,
        uploads::Model as Upload,
    },
};

impl Service {
    /// Signs GETs of the link's objects for five minutes and renews the lease. A committed claim signs on, uncounted, until
    /// its 24 hours are over; a lapsed one if a place is free.
    ///
    /// # Errors
    /// `link-not-found`; with the right bearer `claim-not-found`, `claim-ended`, `link-revoked`, `link-busy`, `link-exhausted`,
    /// `link-expired` (of a download both only if it lapsed), `too-many-requests` (of a look: the link was looked at too often), `invalid-request` (not one of the link's objects).
    pub async fn sign_objects(
        &self,
        link_id: LinkId,
        claim_id: ClaimId,
        objects: ObjectsToSign,
        origin: &Origin,
    ) -> Result<ObjectUrls, ServiceError> {
        if objects.objects.is_empty() || objects.objects.len() > OBJECT_WINDOW {
            let detail = format!("Ask for 1 to {OBJECT_WINDOW} objects.");
            return Err(Problem::new(ProblemType::InvalidRequest).with_detail(detail).into());
        }
        let (tx, mut link) = self.hold_link(link_id, &objects.auth).await?;
        let mut claim = find(&tx, &link, claim_id).await?;
        let now = self.now();
        self.resume(&tx, &mut link, &mut claim, now).await?;
        let rows = link_objects::find(&*tx, link_id, &objects.objects).await?;
        if claim.purpose == Purpose::Preview {
            let len = rows.iter().filter_map(Upload::known_len).sum();
            count_look(&*tx, &mut link, &mut claim, signed(len)).await?;
            claims::save(&*tx, &claim).await?;
        }
        tx.commit().await?;
        let held: HashMap<ObjectId, &Upload> = rows.iter().map(|row| (row.id(), row)).collect();
        let mut urls = Vec::with_capacity(objects.objects.len());
        for id in objects.objects {
            let Some(row) = held.get(&id) else {
                let detail = format!("The object {id} does not belong to this link.");
                return Err(Problem::new(ProblemType::InvalidRequest).with_detail(detail).into());
            };
            urls.push(self.sign_object(row, origin).await?);
        }
        let lease_until = match claim.state {
            State::Active => claim.lease_until,
            _ => leased(now, claim.resume_until),
        };
        Ok(ObjectUrls {
            urls,
            lease_until: instant(lease_until),
        })
    }
}
