//! `DELETE uploads/{object_id}`: the sender does not want it any more.

use sea_orm::sea_query::Expr;
use sealdrop_api::{ObjectId, OwnerToken};

use super::access::{find_owned, owned, wrong_state};
use crate::{
    error::ServiceError,
    failpoint, proof,
    service::Service,
    store::{
        link_objects,
        uploads::{self, Column, Model, Reason, State},
    },
};

impl Service {
    /// Aborts an upload, or deletes one that is committed and in no link. The quota is free immediately; the bytes go right after,
    /// at the latest with the reaper. Repeating it answers the same.
    ///
    /// # Errors
    /// `upload-not-found`; `upload-state` while it is being completed for long, or when a link has it.
    pub async fn delete_upload(&self, token: &OwnerToken, object_id: ObjectId) -> Result<(), ServiceError> {
        let row = find_owned(self.inner.store.reader(), token, object_id).await?;
        if matches!(row.state, State::Completing | State::Verifying) {
            // Soon it is one or the other.
            self.wait_for_finish(object_id).await;
        }
        let row = self.note_unwanted(token, object_id).await?;
        match row.state {
            State::Aborting => failpoint::reach("abort.intent").await?,
            State::Deleting => failpoint::reach("delete.intent").await?,
            _ => {}
        }
        let done = match row.state {
            State::Aborting => self.abort(&row).await,
            State::Deleting => self.delete(&row).await,
            _ => Ok(()),
        };
        if let Err(error) = done {
            // The intent is written: the sender need not know.
            tracing::warn!(%error, %object_id, "what was given up stays for the reaper");
        }
        Ok(())
    }

    async fn note_unwanted(&self, token: &OwnerToken, object_id: ObjectId) -> Result<Model, ServiceError> {
        let tx = self.inner.store.write().await?;
        // Against a link that takes it this moment.
        tx.lock_token(&proof::digest(token.as_bytes())).await?;
        let mut row = owned(uploads::find_locked(&*tx, object_id).await?, token)?;
        let next = match row.state {
            State::Reserved | State::Uploading => State::Aborting,
            State::Committed if !link_objects::is_taken(&*tx, object_id).await? => State::Deleting,
            State::Aborting | State::Aborted | State::Deleting | State::Deleted => return Ok(row),
            State::Completing | State::Verifying | State::Committed => return Err(wrong_state(&row)),
        };
        let reason = (next == State::Aborting).then_some(Reason::Cancelled);
        let changes = [
            (Column::Reason, Expr::value(reason)),
            (Column::TouchedAt, Expr::value(self.now())),
        ];
        uploads::advance(&*tx, object_id, row.state, next, changes).await?;
        tx.commit().await?;
        (row.state, row.reason) = (next, reason);
        Ok(row)
    }
}
