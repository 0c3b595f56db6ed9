//! Giving an upload up, and removing what was committed: the steps behind the intents `aborting` and `deleting`.

use crate::{
    error::{InternalError, ServiceError},
    failpoint,
    service::Service,
    store::uploads::{self, Model, State},
};

impl Service {
    /// `aborting → aborted`: no parts, no object. Also right when the bucket had put the parts together already.
    /// Does nothing yet to one whose parts the bucket may be putting together this moment.
    pub(crate) async fn abort(&self, row: &Model) -> Result<(), ServiceError> {
        if row.may_still_complete(self.steady_now()) {
            return Ok(());
        }
        let bucket = &self.inner.bucket;
        if let Some(upload_id) = &row.upload_id {
            let aborted = bucket.abort_multipart(&row.key, upload_id).await;
            aborted.map_err(|error| error.while_doing("aborting a multipart upload"))?;
            bucket
                .delete(&row.key)
                .await
                .map_err(|error| error.while_doing("deleting an object"))?;
        }
        failpoint::reach("abort.after_s3").await?;
        self.settle(row, State::Aborting, State::Aborted).await?;
        failpoint::reach("abort.after_db").await?;
        tracing::info!(object_id = %row.id(), reason = ?row.reason, "upload given up");
        Ok(())
    }

    /// `deleting → deleted`.
    pub(crate) async fn delete(&self, row: &Model) -> Result<(), ServiceError> {
        let deleted = self.inner.bucket.delete(&row.key).await;
        deleted.map_err(|error| error.while_doing("deleting an object"))?;
        failpoint::reach("delete.after_s3").await?;
        self.settle(row, State::Deleting, State::Deleted).await?;
        failpoint::reach("delete.after_db").await?;
        tracing::info!(object_id = %row.id(), "object deleted");
        Ok(())
    }

    async fn settle(&self, row: &Model, from: State, to: State) -> Result<(), InternalError> {
        let tx = self.inner.store.write().await?;
        uploads::advance(&*tx, row.id(), from, to, []).await?;
        tx.commit().await
    }
}
