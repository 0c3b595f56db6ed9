//! Claims whose lease has run out: their places are free again.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};
use sealdrop_api::LinkId;

use crate::jobs::BATCH;
use crate::{
    claims::close_overdue,
    error::ServiceError,
    jobs::reaped::Reaped,
    service::Service,
    store::{
        claims::{Column, Entity, State},
        db, links,
    },
};

impl Service {
    pub(in crate::jobs) async fn close_claims(&self, reaped: &mut Reaped) -> Result<(), ServiceError> {
        let now = self.steady_now();
        let due: Vec<Vec<u8>> = Entity::find()
            .select_only()
            .column(Column::LinkId)
            .distinct()
            .filter(Column::State.eq(State::Active))
            .filter(Column::LeaseUntil.lte(now))
            .limit(BATCH)
            .into_tuple()
            .all(self.inner.store.reader())
            .await
            .map_err(db("looking for lapsed claims"))?;
        for id in due {
            let link_id = LinkId(id.as_slice().try_into().unwrap_or_default());
            let tx = self.inner.store.write().await?;
            if let Some(mut link) = links::find_locked(&*tx, link_id).await? {
                reaped.claims_lapsed += close_overdue(&*tx, &mut link, now).await?;
            }
            tx.commit().await?;
        }
        Ok(())
    }
}
