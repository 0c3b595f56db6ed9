//! Links whose time is over.

use sea_orm::{ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect};
use sealdrop_api::LinkId;

use crate::jobs::BATCH;
use crate::{
    brake::{Kind, Unseen, Window},
    error::{InternalError, ServiceError},
    jobs::reaped::Reaped,
    service::Service,
    store::{
        db,
        links::{self, Column, EndReason, Entity},
    },
};

impl Service {
    pub(in crate::jobs) async fn end_links(&self, reaped: &mut Reaped) -> Result<(), ServiceError> {
        let now = self.steady_now();
        let allowed = self
            .look_before_ending(
                Kind::Links,
                now,
                async |unseen| self.count_links(due_unseen(unseen)).await,
                async || self.count_links(Condition::all()).await,
            )
            .await?;
        reaped.held += allowed.held;
        loop {
            let due: Vec<Vec<u8>> = Entity::find()
                .select_only()
                .column(Column::LinkId)
                .filter(Column::EndedAt.is_null())
                .filter(due_in(allowed.window))
                .limit(BATCH)
                .into_tuple()
                .all(self.inner.store.reader())
                .await
                .map_err(db("looking for expired links"))?;
            let (found, before) = (due.len() as u64, reaped.links_expired);
            for id in due {
                self.end_link(&id, now, reaped).await?;
            }
            if found < BATCH {
                break;
            }
            if reaped.links_expired == before {
                // Others end them this moment. What is left is for the next pass.
                return Ok(());
            }
        }
        Ok(self.note_settled(Kind::Links, allowed).await?)
    }

    async fn end_link(&self, id: &[u8], now: i64, reaped: &mut Reaped) -> Result<(), ServiceError> {
        let link_id = LinkId(id.try_into().unwrap_or_default());
        let tx = self.inner.store.write().await?;
        // Its owner may have given it more time meanwhile.
        let Some(link) = links::find_locked(&*tx, link_id)
            .await?
            .filter(|link| link.expires_at <= now)
        else {
            return Ok(());
        };
        if links::end(&*tx, link_id, EndReason::Expired, link.expires_at).await? {
            reaped.links_expired += 1;
        }
        tx.commit().await?;
        self.inner.store.note_unclean();
        Ok(())
    }

    /// Of those that have not ended.
    async fn count_links(&self, which: Condition) -> Result<u64, InternalError> {
        let links = Entity::find().filter(Column::EndedAt.is_null()).filter(which);
        let counted = links.count(self.inner.store.reader()).await;
        counted.map_err(db("counting links"))
    }
}

fn due_in(window: Window) -> Condition {
    Condition::all()
        .add(Column::ExpiresAt.lte(window.until))
        .add_option(window.after.map(|after| Column::ExpiresAt.gt(after)))
}

fn due_unseen(unseen: Unseen) -> Condition {
    Condition::any()
        .add(Column::ExpiresAt.lte(unseen.missed_until))
        .add(due_in(unseen.jumped))
}
