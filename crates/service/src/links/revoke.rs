//! `DELETE links/{link_id}`: the owner closes it, immediately.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};
use sealdrop_api::LinkId;

use super::owner::LinkOwner;
use crate::{
    error::{InternalError, ServiceError},
    jobs::{queue::enqueue, remove_link_objects},
    metrics::count::count_link,
    service::Service,
    store::{
        WriteTx, db, link_objects,
        links::{self, Column, EndReason, Entity, Link},
    },
};

impl Service {
    /// Closes a link: nothing is signed for it any more, also not for downloads that are going on, and its objects are given
    /// to deletion. URLs that were signed before live five minutes at most. Repeating it answers the same.
    ///
    /// # Errors
    /// `link-not-found`.
    pub async fn revoke_link<'a>(&self, owner: impl Into<LinkOwner<'a>>, link_id: LinkId) -> Result<(), ServiceError> {
        let (tx, link) = self.hold_own_link(link_id, owner.into()).await?;
        // What the operator removed stays that.
        if matches!(link.ended_reason, Some(EndReason::Revoked | EndReason::Removed)) {
            return Ok(());
        }
        revoke_held(&tx, &link, self.now()).await?;
        tx.commit().await?;
        count_link("revoked");
        self.inner.store.note_unclean();
        self.inner.wake.wake();
        Ok(())
    }

    /// Closes a link of an account that was closed, as its owner would, if its objects were not given to deletion yet.
    pub(crate) async fn revoke_of_closed(&self, link_id: LinkId) -> Result<(), ServiceError> {
        let tx = self.inner.store.write().await?;
        let held = links::find_locked(&*tx, link_id).await?;
        if let Some(link) = held.filter(|link| link.swept_at.is_none()) {
            revoke_held(&tx, &link, self.now()).await?;
            tx.commit().await?;
            self.inner.store.note_unclean();
            self.inner.wake.wake();
        }
        Ok(())
    }
}

/// Closes a link whose row the transaction holds, and gives its objects to deletion. The caller tells the store that there is something
/// to overwrite, and wakes the worker, once it has committed.
async fn revoke_held(tx: &WriteTx, link: &Link, now: i64) -> Result<(), InternalError> {
    end_held(tx, link, EndReason::Revoked, now).await
}

/// The same for any reason that a person has. A link that the operator removed stays removed.
pub(super) async fn end_held(tx: &WriteTx, link: &Link, reason: EndReason, now: i64) -> Result<(), InternalError> {
    let link_id = link.id();
    match link.ended_reason {
        Some(EndReason::Removed) => {}
        Some(ended) if ended == reason => {}
        // It had ended, but a claim may still have been reading.
        Some(_) => {
            Entity::update_many()
                .col_expr(Column::EndedReason, Expr::value(reason))
                .col_expr(Column::Payload, Expr::value(Option::<Vec<u8>>::None))
                .filter(Column::LinkId.eq(link_id.0.to_vec()))
                .exec(&**tx)
                .await
                .map_err(db("closing a link"))?;
        }
        None => {
            links::end(&**tx, link_id, reason, now).await?;
        }
    }
    link_objects::sweep(&**tx, link_id, now).await?;
    enqueue(tx, remove_link_objects::of(link_id)?).await
}
