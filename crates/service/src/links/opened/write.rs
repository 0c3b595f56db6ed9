//! Writes how often links were opened.

use sea_orm::{ColumnTrait, EntityTrait, ExprTrait, QueryFilter, sea_query::Expr};
use sealdrop_api::LinkId;

use crate::{
    error::InternalError,
    links::timeline::{Kind, note},
    service::Service,
    store::{
        db,
        links::{Column, Entity},
    },
};

impl Service {
    /// Writes what was added up.
    pub(crate) async fn write_opened(&self) -> Result<(), InternalError> {
        loop {
            let some = self.inner.opened.take();
            if some.is_empty() {
                return Ok(());
            }
            if let Err(error) = self.write_looks(&some).await {
                some.into_iter()
                    .for_each(|(id, looks)| self.inner.opened.add(id, looks));
                return Err(error);
            }
        }
    }

    async fn write_looks(&self, some: &[(LinkId, i64)]) -> Result<(), InternalError> {
        let mut some = some.to_vec();
        // In one order, so that two servers cannot wait for each other.
        some.sort_unstable_by_key(|(id, _)| id.0);
        let tx = self.inner.store.write().await?;
        let now = self.now();
        for (id, looks) in some {
            let counted = Entity::update_many()
                .col_expr(Column::Opened, Expr::col(Column::Opened).add(looks))
                .filter(Column::LinkId.eq(id.0.to_vec()))
                .exec(&*tx)
                .await
                .map_err(db("counting looks at a link"))?;
            if counted.rows_affected == 1 {
                note(&*tx, id, Kind::Opened, looks, now).await?;
            }
        }
        tx.commit().await
    }
}
