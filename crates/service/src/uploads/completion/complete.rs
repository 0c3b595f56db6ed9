//! `POST uploads/{object_id}/complete`: the client says that every part is there.

use std::collections::BTreeMap;

use sea_orm::sea_query::Expr;
use sealdrop_api::{
    ObjectId, OwnerToken, PartNeeded, Problem, ProblemType,
    uploads::{PartsSent, UploadProgress, strong_etag},
};
use sha2::{Digest, Sha256};

use super::outcome::CompletionOutcome;
use crate::uploads::{
    access::{find_owned, invalid, wrong_state},
    plan::{Plan, stream_len},
};
use crate::{
    bucket::{BucketError, ListedPart},
    error::ServiceError,
    failpoint,
    service::Service,
    store::{
        signed, unsigned,
        uploads::{self, Column, Model, Reason, State},
    },
};

impl Service {
    /// Completes an upload from what the bucket lists. The client's list is compared and never used: a part that the bucket
    /// holds differently is named, to be sent again. Any number of repeats and racers come to one commit and hear the same.
    ///
    /// `state` is `committed`, or `completing` / `verifying` when the bucket takes its time: then it goes on without the client
    /// (answer 202), who asks [`Service::get_upload`].
    ///
    /// # Errors
    /// `upload-not-found`, `upload-state`, `invalid-request`, `parts-differ`, `upload-refused` (no sealed object as announced;
    /// it was removed).
    pub async fn complete_upload(
        &self,
        token: &OwnerToken,
        object_id: ObjectId,
        sent: PartsSent,
    ) -> Result<UploadProgress, ServiceError> {
        // Twice: a part that was replaced while the bucket put them together leads back to comparing.
        for _ in 0..2 {
            let row = find_owned(self.inner.store.reader(), token, object_id).await?;
            match row.state {
                State::Reserved | State::Uploading => self.begin_completing(&row, &sent).await?,
                State::Completing | State::Verifying | State::Committed if row.known_len() != Some(sent.sealed_len) => {
                    return Err(invalid("The upload is being completed with a different length."));
                }
                State::Completing | State::Verifying => {}
                State::Committed => {
                    return Ok(UploadProgress {
                        state: row.state.into(),
                    });
                }
                State::Aborting | State::Aborted if row.reason == Some(Reason::Refused) => {
                    return Err(ProblemType::UploadRefused.into());
                }
                _ => return Err(wrong_state(&row)),
            }
            match self.wait_for_finish(object_id).await {
                None => break,
                Some(CompletionOutcome::Settled(State::Uploading)) => {}
                Some(CompletionOutcome::Settled(_)) => break,
                Some(CompletionOutcome::Failed(problem)) => return Err(ProblemType::from(problem).into()),
            }
        }
        let row = find_owned(self.inner.store.reader(), token, object_id).await?;
        match row.state {
            State::Completing | State::Verifying | State::Committed => Ok(UploadProgress {
                state: row.state.into(),
            }),
            State::Aborting | State::Aborted if row.reason == Some(Reason::Refused) => {
                Err(ProblemType::UploadRefused.into())
            }
            _ => Err(wrong_state(&row)),
        }
    }

    /// Compares what the client means, what was planned and what the bucket holds; if all agree, writes the intent.
    async fn begin_completing(&self, row: &Model, sent: &PartsSent) -> Result<(), ServiceError> {
        let plan = check_sent(row, sent)?;
        let mut meant: BTreeMap<u32, String> = BTreeMap::new();
        for part in &sent.parts {
            if plan.len_of(part.n).is_none() || meant.insert(part.n, strong_etag(&part.etag)).is_some() {
                return Err(invalid(format!(
                    "Part {} is not part of this upload, or is listed twice.",
                    part.n
                )));
            }
        }
        let listed = self.listed(row, sent.sealed_len).await?;
        let digest = match &listed {
            Listed::Parts(parts) => {
                let needed = parts_needed(plan, parts, &meant);
                if !needed.is_empty() {
                    return Err(parts_differ(needed));
                }
                digest_of(plan, parts)
            }
            // Completed before, and the answer was lost.
            Listed::Whole => [0; 32],
        };
        let tx = self.inner.store.write().await?;
        let changes = [
            (Column::SealedLen, Expr::value(signed(sent.sealed_len))),
            (Column::ReservedLen, Expr::value(signed(sent.sealed_len))),
            (Column::PartsDigest, Expr::value(digest.to_vec())),
            (Column::TouchedAt, Expr::value(self.now())),
        ];
        // Lost to another request of the same kind: its intent is as good.
        uploads::advance(&*tx, row.id(), State::Uploading, State::Completing, changes).await?;
        tx.commit().await?;
        failpoint::reach("complete.intent_db").await?;
        Ok(())
    }

    async fn listed(&self, row: &Model, sealed_len: u64) -> Result<Listed, ServiceError> {
        let Some(upload_id) = &row.upload_id else {
            return Ok(Listed::Parts(Vec::new()));
        };
        match self.inner.bucket.list_all_parts(&row.key, upload_id).await {
            Ok(parts) => Ok(Listed::Parts(parts)),
            Err(BucketError::NoSuchUpload | BucketError::Missing) => {
                let head = self.inner.bucket.head(&row.key).await?;
                if head.is_some_and(|head| head.len == sealed_len) {
                    return Ok(Listed::Whole);
                }
                self.forget_multipart(row, upload_id).await?;
                Ok(Listed::Parts(Vec::new()))
            }
            Err(error) => Err(error.while_doing("listing parts").into()),
        }
    }
}

enum Listed {
    Parts(Vec<ListedPart>),
    Whole,
}

fn check_sent(row: &Model, sent: &PartsSent) -> Result<Plan, ServiceError> {
    if row.announced_len.is_some_and(|len| len != signed(sent.sealed_len)) {
        return Err(invalid("The object was announced with a different length."));
    }
    if stream_len(sent.sealed_len).is_none() {
        return Err(invalid("This length is not possible for encrypted data."));
    }
    if row.announced_len.is_none() && sent.sealed_len > unsigned(row.reserved_len) {
        return Err(invalid("The length is more than what was signed."));
    }
    Plan::new(sent.sealed_len, unsigned(row.part_len)).ok_or_else(|| invalid("That would be more than 10,000 parts."))
}

/// The planned parts that must be sent (again): missing, of another length, or not of the attempt that the client means.
fn parts_needed(plan: Plan, listed: &[ListedPart], meant: &BTreeMap<u32, String>) -> Vec<PartNeeded> {
    let held: BTreeMap<u32, &ListedPart> = listed.iter().map(|part| (part.n, part)).collect();
    let fits = |n: &u32| {
        held.get(n).is_some_and(|part| {
            Some(part.len) == plan.len_of(*n) && meant.get(n).is_some_and(|etag| *etag == strong_etag(&part.etag))
        })
    };
    (1..=plan.count())
        .filter(|n| !fits(n))
        .map(|n| PartNeeded { n })
        .collect()
}

fn parts_differ(parts: Vec<PartNeeded>) -> ServiceError {
    let mut problem = Problem::new(ProblemType::PartsDiffer);
    problem.parts = parts;
    problem.into()
}

/// What was decided on, so that a completion carried on after a crash cannot take other parts.
pub(in crate::uploads) fn digest_of(plan: Plan, listed: &[ListedPart]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in listed.iter().filter(|part| plan.len_of(part.n).is_some()) {
        hash.update(part.n.to_be_bytes());
        hash.update(part.len.to_be_bytes());
        hash.update(part.etag.as_bytes());
        hash.update([0]);
    }
    hash.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(n: u32, len: u64, etag: &str) -> ListedPart {
        ListedPart {
            n,
            len,
            etag: format!("\"{etag}\""),
        }
    }

    #[test]
    fn every_way_to_differ_is_named() {
        let plan = Plan::new(25, 10).expect("three parts");
        let listed = [
            part(1, 10, "a"),
            part(2, 10, "b"),
            part(3, 5, "c"),
            part(4, 10, "beyond"),
        ];
        let meant = |etags: [&'static str; 3]| -> BTreeMap<u32, String> { (1..).zip(etags.map(strong_etag)).collect() };
        let needed = |listed: &[ListedPart], meant: &BTreeMap<u32, String>| -> Vec<u32> {
            parts_needed(plan, listed, meant).iter().map(|part| part.n).collect()
        };
        assert_eq!(needed(&listed, &meant(["a", "b", "c"])), [] as [u32; 0]);
        assert_eq!(needed(&listed, &meant(["a", "x", "c"])), [2]);
        assert_eq!(needed(&listed[1..], &meant(["a", "b", "c"])), [1]);
        assert_eq!(
            needed(
                &[part(1, 10, "a"), part(2, 9, "b"), part(3, 6, "c")],
                &meant(["a", "b", "c"])
            ),
            [2, 3]
        );
        assert_eq!(needed(&listed, &BTreeMap::from([(1, strong_etag("a"))])), [2, 3]);
        assert_eq!(needed(&[], &meant(["a", "b", "c"])), [1, 2, 3]);
    }

    #[test]
    fn the_digest_sees_replaced_parts_and_no_others() {
        let plan = Plan::new(25, 10).expect("three parts");
        let listed = [
            part(1, 10, "a"),
            part(2, 10, "b"),
            part(3, 5, "c"),
            part(4, 10, "beyond"),
        ];
        assert_eq!(digest_of(plan, &listed), digest_of(plan, &listed[..3]));
        assert_ne!(
            digest_of(plan, &listed),
            digest_of(plan, &[part(1, 10, "a"), part(2, 10, "x"), part(3, 5, "c")])
        );
    }
}
