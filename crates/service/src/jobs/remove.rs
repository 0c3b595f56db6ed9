//! What was given up is removed from the bucket.

use futures::{StreamExt, stream};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::{AT_ONCE, BATCH};
use crate::{
    Reaped, Service, ServiceError,
    store::{
        db,
        uploads::{Column, Entity, Model, State},
    },
    uploads::may_still_complete,
};

impl Service {
    /// The steps behind the intents `aborting` and `deleting`.
    pub(super) async fn remove_given_up(&self, reaped: &mut Reaped) -> Result<(), ServiceError> {
        let due: Vec<Model> = Entity::find()
            .filter(Column::State.is_in([State::Aborting, State::Deleting]))
            .filter(may_still_complete(self.steady_now()).not())
            // What fails goes to the end of no queue; what waits longest comes first.
            .order_by_asc(Column::TouchedAt)
            .limit(BATCH)
            .all(self.inner.store.reader())
            .await
            .map_err(db("looking for what was given up"))?;
        let mut done = stream::iter(due)
            .map(|row| async move {
                let result = match row.state {
                    State::Deleting => self.delete(&row).await,
                    _ => self.abort(&row).await,
                };
                (row, result)
            })
            .buffer_unordered(AT_ONCE);
        while let Some((row, result)) = done.next().await {
            match result {
                Ok(()) if row.state == State::Deleting => reaped.objects_deleted += 1,
                Ok(()) => reaped.uploads_aborted += 1,
                Err(error) => {
                    tracing::warn!(%error, object_id = %row.id(), "what was given up is not removed yet");
                    reaped.failed += 1;
                }
            }
        }
        Ok(())
    }
}
