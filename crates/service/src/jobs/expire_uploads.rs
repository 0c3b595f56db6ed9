//! Uploads that nobody goes on with, and objects that no link took.

use sea_orm::{
    ColumnTrait, EntityTrait, ExprTrait, QueryFilter, QuerySelect,
    sea_query::{Alias, Expr, Query},
};
use sealdrop_api::limits::UPLOAD_IDLE_IN;

use super::BATCH;
use crate::{
    InternalError, Reaped, Service, ServiceError,
    store::{
        db, link_objects, signed,
        uploads::{self, Column, Entity, Model, Reason, State},
    },
};

impl Service {
    /// Idle is a whole token, not one object: of a large transfer the first object waits for the last.
    pub(super) async fn expire_uploads(&self, reaped: &mut Reaped) -> Result<(), ServiceError> {
        let idle = self.idle_uploads().await?;
        for row in idle {
            let (next, reason) = match row.state {
                State::Committed => (State::Deleting, None),
                _ => (State::Aborting, Some(Reason::Expired)),
            };
            let tx = self.inner.store.write().await?;
            let token_hash = row.token_hash.as_slice().try_into().unwrap_or([0; 32]);
            tx.lock_token(&token_hash).await?;
            // Somebody came back, or a link took it, since the look.
            let now = uploads::find_locked(&*tx, row.id()).await?;
            let still = now.is_some_and(|now| now.state == row.state && now.touched_at == row.touched_at);
            if !still || link_objects::is_taken(&*tx, row.id()).await? {
                continue;
            }
            let changes = [
                (Column::Reason, Expr::value(reason)),
                (Column::TouchedAt, Expr::value(self.now())),
            ];
            if uploads::advance(&*tx, row.id(), row.state, next, changes).await? {
                match next {
                    State::Deleting => reaped.objects_unlinked += 1,
                    _ => reaped.uploads_expired += 1,
                }
            }
            tx.commit().await?;
        }
        Ok(())
    }

    async fn idle_uploads(&self) -> Result<Vec<Model>, InternalError> {
        let cutoff = self.now() - signed(UPLOAD_IDLE_IN) * 1000;
        let other = Alias::new("other");
        let mut lively = Query::select();
        lively
            .expr(Expr::val(1))
            .from_as(Entity, other.clone())
            .and_where(Expr::col((other.clone(), Column::TokenHash)).equals((Entity, Column::TokenHash)))
            .and_where(Expr::col((other.clone(), Column::State)).is_in(State::COUNTED.map(Expr::value)))
            .and_where(Expr::col((other, Column::TouchedAt)).gt(cutoff));
        let mut taken = Query::select();
        taken.expr(Expr::val(1)).from(link_objects::Entity).and_where(
            Expr::col((link_objects::Entity, link_objects::Column::ObjectId)).equals((Entity, Column::ObjectId)),
        );
        Entity::find()
            .filter(Column::State.is_in([State::Reserved, State::Uploading, State::Committed]))
            .filter(Column::TouchedAt.lte(cutoff))
            .filter(Expr::exists(lively).not())
            .filter(Expr::exists(taken).not())
            .limit(BATCH)
            .all(self.inner.store.reader())
            .await
            .map_err(db("looking for idle uploads"))
    }
}
