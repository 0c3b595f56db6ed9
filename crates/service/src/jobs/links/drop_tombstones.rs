//! Links that ended 30 days ago: nobody is told any more that they ever were. Only the id stays, so that it is not used again.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect, sea_query::Expr};

use crate::jobs::BATCH;
use crate::{
    auth::sql::execute,
    error::ServiceError,
    jobs::reaped::Reaped,
    service::Service,
    store::{
        claims, db,
        links::{Column, Entity},
    },
};

/// Milliseconds for which the holder of the right bearer is told how a link ended.
const TOLD_FOR: i64 = 30 * 24 * 3600 * 1000;

impl Service {
    pub(in crate::jobs) async fn drop_tombstones(&self, reaped: &mut Reaped) -> Result<(), ServiceError> {
        let due: Vec<Vec<u8>> = Entity::find()
            .select_only()
            .column(Column::LinkId)
            .filter(Column::EndedAt.lte(self.steady_now() - TOLD_FOR))
            .filter(Column::SweptAt.is_not_null())
            .filter(Column::Verifier.is_not_null())
            .limit(BATCH)
            .into_tuple()
            .all(self.inner.store.reader())
            .await
            .map_err(db("looking for old links"))?;
        if due.is_empty() {
            return Ok(());
        }
        let tx = self.inner.store.write().await?;
        let nothing = || Expr::value(Option::<Vec<u8>>::None);
        let dropped = Entity::update_many()
            .col_expr(Column::Verifier, nothing())
            .col_expr(Column::TokenHash, nothing())
            .col_expr(Column::Manifest, nothing())
            .col_expr(Column::UserId, nothing())
            .filter(Column::LinkId.is_in(due.clone()))
            .exec(&*tx)
            .await
            .map_err(db("forgetting old links"))?;
        claims::Entity::delete_many()
            .filter(claims::Column::LinkId.is_in(due.clone()))
            .exec(&*tx)
            .await
            .map_err(db("forgetting old claims"))?;
        for link_id in due {
            let sql = "DELETE FROM link_events WHERE link_id = $1";
            execute(&*tx, "forgetting what happened to links", sql, [link_id.into()]).await?;
        }
        tx.commit().await?;
        reaped.tombstones_dropped += dropped.rows_affected;
        Ok(())
    }
}
