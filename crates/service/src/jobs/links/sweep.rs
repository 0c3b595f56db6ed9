//! Ended links whose objects nobody may read any more.

use sea_orm::{
    ColumnTrait, Condition, EntityTrait, ExprTrait, QueryFilter, QuerySelect,
    sea_query::{Expr, Query},
};
use sealdrop_api::LinkId;

use crate::jobs::BATCH;
use crate::{
    error::ServiceError,
    jobs::reaped::Reaped,
    service::Service,
    store::{
        claims, db, link_objects,
        links::{self, Column, EndReason, Entity, Link, REVIVABLE_FOR},
    },
};

impl Service {
    /// An active or committed claim reads on until its 24 hours are over; a lapsed one finds no place on an ended link, but
    /// for one that was counted. What an exhausted link holds stays as long as its owner may revive it.
    pub(in crate::jobs) async fn sweep_links(&self, reaped: &mut Reaped) -> Result<(), ServiceError> {
        let now = self.steady_now();
        let mut readers = Query::select();
        readers
            .expr(Expr::val(1))
            .from(claims::Entity)
            .and_where(Expr::col((claims::Entity, claims::Column::LinkId)).equals((Entity, Column::LinkId)))
            // A look ends with its link.
            .and_where(claims::Column::Purpose.eq(claims::Purpose::Download))
            .and_where(claims::Column::ResumeUntil.gt(now))
            .cond_where(
                Condition::any()
                    .add(claims::Column::State.is_in([claims::State::Active, claims::State::Committed]))
                    .add(
                        claims::Column::State
                            .eq(claims::State::Lapsed)
                            .and(claims::Column::Counted.eq(true)),
                    ),
            );
        let due: Vec<Vec<u8>> = Entity::find()
            .select_only()
            .column(Column::LinkId)
            .filter(Column::EndedAt.is_not_null())
            .filter(Column::SweptAt.is_null())
            .filter(Expr::exists(readers).not())
            .filter(
                Condition::any()
                    .add(Column::EndedReason.ne(EndReason::Exhausted))
                    .add(Column::EndedAt.lte(now - REVIVABLE_FOR))
                    .add(Column::ExpiresAt.lte(now)),
            )
            .limit(BATCH)
            .into_tuple()
            .all(self.inner.store.reader())
            .await
            .map_err(db("looking for ended links"))?;
        for id in due {
            let link_id = LinkId(id.as_slice().try_into().unwrap_or_default());
            let tx = self.inner.store.write().await?;
            // Its owner may have opened it again meanwhile, or another server may have swept it.
            let over =
                |link: &Link| link.ended_at.is_some() && link.swept_at.is_none() && link.revivable_until(now).is_none();
            if links::find_locked(&*tx, link_id).await?.filter(over).is_none() {
                continue;
            }
            link_objects::sweep(&*tx, link_id, now).await?;
            tx.commit().await?;
            self.inner.store.note_unclean();
            reaped.links_swept += 1;
        }
        Ok(())
    }
}
