//! `DELETE links/{link_id}`: the owner closes it, immediately.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};
use sealdrop_api::{LinkId, OwnerToken};

use crate::{
    error::ServiceError,
    jobs::{queue::enqueue, remove_link_objects},
    service::Service,
    store::{
        db, link_objects,
        links::{self, Column, EndReason, Entity},
    },
};

impl Service {
    /// Closes a link: nothing is signed for it any more, also not for downloads that are going on, and its objects are given
    /// to deletion. URLs that were signed before live five minutes at most. Repeating it answers the same.
    ///
    /// # Errors
    /// `link-not-found`.
    pub async fn revoke_link(&self, token: &OwnerToken, link_id: LinkId) -> Result<(), ServiceError> {
        let (tx, link) = self.hold_own_link(link_id, token).await?;
        let now = self.now();
        match link.ended_reason {
            Some(EndReason::Revoked) => return Ok(()),
            // It had ended, but a claim may still have been reading.
            Some(_) => {
                Entity::update_many()
                    .col_expr(Column::EndedReason, Expr::value(EndReason::Revoked))
                    .filter(Column::LinkId.eq(link_id.0.to_vec()))
                    .exec(&*tx)
                    .await
                    .map_err(db("closing a link"))?;
            }
            None => {
                links::end(&*tx, link_id, EndReason::Revoked, now).await?;
            }
        }
        link_objects::sweep(&*tx, link_id, now).await?;
        enqueue(&tx, remove_link_objects::of(link_id)?).await?;
        tx.commit().await?;
        self.inner.store.note_unclean();
        self.inner.wake.wake();
        Ok(())
    }
}
