//! Completions that were interrupted.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};

use crate::jobs::BATCH;
use crate::{
    error::ServiceError,
    jobs::reaped::Reaped,
    service::Service,
    store::{
        db,
        uploads::{Column, Entity, Model, State},
    },
    uploads::CompletionOutcome,
};

/// Milliseconds that a completion is left alone: most are carried on by the process that began them.
const LEFT_ALONE: i64 = 30_000;

impl Service {
    pub(in crate::jobs) async fn resume_completions(&self, reaped: &mut Reaped) -> Result<(), ServiceError> {
        let due: Vec<Model> = Entity::find()
            .filter(Column::State.is_in([State::Completing, State::Verifying]))
            .filter(Column::TouchedAt.lte(self.steady_now() - LEFT_ALONE))
            .limit(BATCH)
            .all(self.inner.store.reader())
            .await
            .map_err(db("looking for interrupted completions"))?;
        for row in due {
            reaped.uploads_resumed += 1;
            // It goes on by itself when it takes longer.
            if let Some(CompletionOutcome::Failed(_)) = self.wait_for_finish(row.id()).await {
                reaped.failed += 1;
            }
        }
        Ok(())
    }
}
