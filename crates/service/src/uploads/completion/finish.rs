//! Carrying a completion on, from whatever step it stands at, to its end.
//!
//! Runs as a task of its own, one per object and process: a client that hangs up interrupts nothing, and fifty that ask at
//! once wait for one. Every step may be repeated, also by another process: its effect is looked for before it is made again.

use std::{
    sync::{MutexGuard, PoisonError},
    time::Duration,
};

use sea_orm::sea_query::Expr;
use sealdrop_api::{ObjectId, ProblemType, limits::OBJECT_HEADER_LEN};
use tokio::sync::watch;

use super::{
    complete::digest_of,
    header,
    late_complete::LOST_AFTER,
    outcome::{Completing, CompletionOutcome, Fault},
};
use crate::uploads::plan::Plan;
use crate::{
    bucket::{BucketError, ListedPart},
    error::{InternalError, ServiceError},
    failpoint,
    metrics::count::count_upload,
    service::Service,
    store::{
        unsigned,
        uploads::{self, Column, Model, Reason, State},
    },
};

/// Pauses between tries while database or bucket are away; after the last the reaper goes on.
const PAUSES: [u64; 5] = [1, 2, 4, 8, 15];
impl Service {
    /// Sees that the completion goes on, and waits for its end as long as a client is kept waiting.
    pub(crate) async fn wait_for_finish(&self, object_id: ObjectId) -> Option<CompletionOutcome> {
        let mut end = self.finish(object_id);
        let waited = tokio::time::timeout(self.inner.complete_wait, end.wait_for(Option::is_some)).await;
        // A closed channel means that the task died: the database tells the rest.
        waited.ok()?.ok().and_then(|end| *end)
    }

    /// Joins the task that finishes this object, or starts it.
    fn finish(&self, object_id: ObjectId) -> watch::Receiver<Option<CompletionOutcome>> {
        let mut completing = self.completing();
        if let Some(running) = completing.get(&object_id).filter(|end| end.has_changed().is_ok()) {
            return running.clone();
        }
        let (tell, end) = watch::channel(None);
        completing.insert(object_id, end.clone());
        drop(completing);
        let service = self.clone();
        tokio::spawn(async move {
            let finish = service.finish_patiently(object_id).await;
            service.completing().remove(&object_id);
            tell.send_replace(Some(finish));
        });
        end
    }

    fn completing(&self) -> MutexGuard<'_, Completing> {
        self.inner.completing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn finish_patiently(&self, object_id: ObjectId) -> CompletionOutcome {
        let mut pauses = PAUSES.iter();
        loop {
            let error = match self.finish_now(object_id).await {
                Ok(state) => return CompletionOutcome::Settled(state),
                Err(error) => error,
            };
            if !error.is_retryable() {
                tracing::error!(%error, %object_id, "an upload cannot be completed");
                return CompletionOutcome::Failed(Fault::Lasting);
            }
            let Some(pause) = pauses.next() else {
                tracing::warn!(%error, %object_id, "a completion is left to the reaper");
                return CompletionOutcome::Failed(Fault::Transient);
            };
            tracing::debug!(%error, %object_id, pause, "a completion is tried again");
            tokio::time::sleep(Duration::from_secs(*pause)).await;
        }
    }

    /// Takes one step after the other until none is left.
    async fn finish_now(&self, object_id: ObjectId) -> Result<State, ServiceError> {
        loop {
            let Some(row) = uploads::find(self.inner.store.reader(), object_id).await? else {
                return Err(ProblemType::UploadNotFound.into());
            };
            match row.state {
                State::Completing => self.put_together(&row).await?,
                State::Verifying => self.verify(&row).await?,
                State::Aborting if !row.may_still_complete(self.steady_now()) => self.abort(&row).await?,
                settled => return Ok(settled),
            }
        }
    }

    /// `completing → verifying`.
    async fn put_together(&self, row: &Model) -> Result<(), ServiceError> {
        let bucket = &self.inner.bucket;
        let plan = row.known_len().and_then(|len| Plan::new(len, unsigned(row.part_len)));
        let Some(plan) = plan else {
            return Err(InternalError::lasting("completing an upload", "it has no plan").into());
        };
        if let Some(upload_id) = &row.upload_id {
            match bucket.list_all_parts(&row.key, upload_id).await {
                Ok(parts) => {
                    let planned: Vec<ListedPart> =
                        parts.into_iter().filter(|part| plan.len_of(part.n).is_some()).collect();
                    if row.parts_digest.as_deref() != Some(&digest_of(plan, &planned)) {
                        return self.step_back(row).await;
                    }
                    failpoint::reach("complete.before_s3").await?;
                    let completing = bucket.complete_multipart(&row.key, upload_id, &planned);
                    match failpoint::during("complete.after_s3_sent", completing).await {
                        // What counts is what is there: looked at below.
                        Ok(()) | Err(BucketError::NoSuchUpload | BucketError::Missing) => {
                            failpoint::reach("complete.after_s3_ok").await?;
                        }
                        // Replaced since the listing: the next look sees it in the digest.
                        Err(error @ BucketError::InvalidPart) => {
                            return Err(InternalError::transient("completing an upload", error).into());
                        }
                        Err(error) => return Err(error.while_doing("completing an upload").into()),
                    }
                }
                Err(BucketError::NoSuchUpload | BucketError::Missing) => {}
                Err(error) => return Err(error.while_doing("listing parts").into()),
            }
        }
        match bucket
            .head(&row.key)
            .await
            .map_err(|error| error.while_doing("looking at an object"))?
        {
            Some(_) => self.advance(row, State::Verifying, []).await,
            None => self.lost(row).await,
        }
    }

    /// `verifying → committed`, or out.
    async fn verify(&self, row: &Model) -> Result<(), ServiceError> {
        let bucket = &self.inner.bucket;
        let head = bucket
            .head(&row.key)
            .await
            .map_err(|error| error.while_doing("looking at an object"))?;
        let Some(head) = head else { return self.lost(row).await };
        failpoint::reach("verify.after_head").await?;
        if row.known_len() != Some(head.len) {
            return self.refuse(row, "its size is not the announced one").await;
        }
        let start = bucket.read_start(&row.key, OBJECT_HEADER_LEN).await;
        let start = start.map_err(|error| error.while_doing("reading an object's header"))?;
        if let Some(fault) = header::fault(&start, row.id(), head.len) {
            return self.refuse(row, fault).await;
        }
        let changes = [
            (Column::Etag, Expr::value(head.etag)),
            (Column::UploadId, Expr::value(Option::<String>::None)),
        ];
        failpoint::reach("complete.before_commit").await?;
        self.advance(row, State::Committed, changes).await?;
        count_upload("committed", head.len);
        failpoint::reach("complete.after_commit").await?;
        tracing::info!(object_id = %row.id(), sealed_len = head.len, "upload committed");
        Ok(())
    }

    /// The one step back: a part was replaced after it was compared, so nothing was put together. The client hears which.
    async fn step_back(&self, row: &Model) -> Result<(), ServiceError> {
        tracing::warn!(object_id = %row.id(), "a part was replaced while its upload was completed");
        self.advance(
            row,
            State::Uploading,
            [(Column::PartsDigest, Expr::value(Option::<Vec<u8>>::None))],
        )
        .await
    }

    async fn refuse(&self, row: &Model, fault: &'static str) -> Result<(), ServiceError> {
        tracing::warn!(object_id = %row.id(), fault, "an upload is refused");
        self.advance(row, State::Aborting, [(Column::Reason, Expr::value(Reason::Refused))])
            .await
    }

    /// Neither parts nor object. Believed only after a while.
    async fn lost(&self, row: &Model) -> Result<(), ServiceError> {
        if self.steady_now() < row.touched_at + LOST_AFTER {
            return Err(
                InternalError::transient("completing an upload", "the bucket has neither parts nor object").into(),
            );
        }
        self.refuse(row, "the bucket has lost it").await
    }

    /// Moves the row on. If another process has done so already, that is as good.
    async fn advance(
        &self,
        row: &Model,
        to: State,
        changes: impl IntoIterator<Item = (Column, sea_orm::sea_query::SimpleExpr)>,
    ) -> Result<(), ServiceError> {
        let tx = self.inner.store.write().await?;
        let touched = [(Column::TouchedAt, Expr::value(self.now()))];
        uploads::advance(&*tx, row.id(), row.state, to, changes.into_iter().chain(touched)).await?;
        tx.commit().await?;
        Ok(())
    }
}
