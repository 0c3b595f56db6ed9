//! Links whose time is over.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};
use sealdrop_api::LinkId;

use super::BATCH;
use crate::{
    Reaped, Service, ServiceError,
    store::{
        db,
        links::{self, Column, EndReason, Entity},
    },
};

impl Service {
    pub(super) async fn end_links(&self, reaped: &mut Reaped) -> Result<(), ServiceError> {
        let now = self.steady_now();
        let due: Vec<Vec<u8>> = Entity::find()
            .select_only()
            .column(Column::LinkId)
            .filter(Column::EndedAt.is_null())
            .filter(Column::ExpiresAt.lte(now))
            .limit(BATCH)
            .into_tuple()
            .all(self.inner.store.reader())
            .await
            .map_err(db("looking for expired links"))?;
        for id in due {
            let link_id = LinkId(id.as_slice().try_into().unwrap_or_default());
            let tx = self.inner.store.write().await?;
            // Its owner may have given it more time meanwhile.
            let Some(link) = links::find_locked(&*tx, link_id)
                .await?
                .filter(|link| link.expires_at <= now)
            else {
                continue;
            };
            if links::end(&*tx, link_id, EndReason::Expired, link.expires_at).await? {
                reaped.links_expired += 1;
            }
            tx.commit().await?;
            self.inner.store.note_unclean();
        }
        Ok(())
    }
}
