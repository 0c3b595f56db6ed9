//! What was given up is removed from the bucket.

use futures::{StreamExt, stream};
use sea_orm::{ColumnTrait, EntityTrait, Order, QueryFilter, QueryOrder, QuerySelect, sea_query::Expr};

use super::{AT_ONCE, BATCH};
use crate::{
    error::ServiceError,
    jobs::reaped::Reaped,
    service::Service,
    store::{
        db,
        uploads::{Column, Entity, Model, State},
    },
    uploads::may_still_complete,
};

/// Batches that one pass takes on.
const BATCHES: usize = 20;
/// Rows that one statement settles: about 20 ms of other writers' time.
const SETTLED_AT_ONCE: u64 = 2_000;

impl Service {
    /// The step behind the intent `deleting`. Objects of links come first: the link may have been revoked.
    pub(super) async fn remove_deleted(&self, reaped: &mut Reaped) -> Result<(), ServiceError> {
        let of_a_link =
            "CASE WHEN EXISTS (SELECT 1 FROM link_objects l WHERE l.object_id = uploads.object_id) THEN 0 ELSE 1 END";
        let due = Entity::find()
            .filter(Column::State.eq(State::Deleting))
            .order_by(Expr::cust(of_a_link), Order::Asc);
        self.remove(due, reaped).await
    }

    /// The step behind the intent `aborting`.
    pub(super) async fn remove_aborted(&self, reaped: &mut Reaped) -> Result<(), ServiceError> {
        self.settle_unheard_of(reaped).await?;
        let due = Entity::find()
            .filter(Column::State.eq(State::Aborting))
            .filter(may_still_complete(self.steady_now()).not());
        self.remove(due, reaped).await
    }

    /// Uploads that the bucket never heard of: there is nothing to remove.
    async fn settle_unheard_of(&self, reaped: &mut Reaped) -> Result<(), ServiceError> {
        let settle = format!(
            "UPDATE uploads SET state = 'aborted' WHERE object_id IN (SELECT object_id FROM uploads WHERE state = 'aborting' \
             AND upload_id IS NULL AND parts_digest IS NULL LIMIT {SETTLED_AT_ONCE})"
        );
        let aborted = &mut reaped.uploads_aborted;
        let done = self.run_in_steps("settling what was given up", &settle, &[], SETTLED_AT_ONCE, aborted);
        Ok(done.await?)
    }

    async fn remove(&self, due: sea_orm::Select<Entity>, reaped: &mut Reaped) -> Result<(), ServiceError> {
        // What fails goes to the end of no queue; what waits longest comes first.
        let due = due.order_by_asc(Column::TouchedAt).limit(BATCH);
        for _ in 0..BATCHES {
            let rows: Vec<Model> = due
                .clone()
                .all(self.inner.store.reader())
                .await
                .map_err(db("looking for what was given up"))?;
            let (found, failed) = (rows.len() as u64, reaped.failed);
            self.remove_all(rows, reaped).await;
            if found < BATCH || reaped.failed > failed {
                break;
            }
        }
        Ok(())
    }

    /// Ends early when the bucket does not answer: each call waits for most of a minute then, and there may be hundreds.
    pub(super) async fn remove_all(&self, rows: Vec<Model>, reaped: &mut Reaped) {
        let mut done = stream::iter(rows)
            .map(|row| async move {
                let result = match row.state {
                    State::Deleting => self.delete(&row).await,
                    _ => self.abort(&row).await,
                };
                (row, result)
            })
            .buffer_unordered(AT_ONCE);
        let mut unanswered = 0;
        while let Some((row, result)) = done.next().await {
            match result {
                Ok(()) if row.state == State::Deleting => reaped.objects_deleted += 1,
                Ok(()) => reaped.uploads_aborted += 1,
                Err(error) => {
                    tracing::warn!(%error, object_id = %row.id(), "what was given up is not removed yet");
                    reaped.failed += 1;
                    unanswered = if error.is_retryable() { unanswered + 1 } else { 0 };
                    if unanswered == AT_ONCE {
                        return;
                    }
                    continue;
                }
            }
            unanswered = 0;
        }
    }
}
