//! What the comparison found, for operators.

use super::rows;
use crate::{
    audit::{Action, Change, Operator, record},
    brake::too_many_unknown,
    error::{InternalError, ServiceError},
    service::Service,
};

impl Service {
    /// The numbers of unknown and of missing objects that the last comparison found.
    ///
    /// # Errors
    /// When the database does not answer.
    pub(crate) async fn storage_findings(&self) -> Result<(i64, i64), InternalError> {
        let unknown = rows::count(self.inner.store.reader(), "unknown_objects").await?;
        Ok((unknown, self.count_missing().await?))
    }

    async fn count_missing(&self) -> Result<i64, InternalError> {
        rows::count(self.inner.store.reader(), "missing_objects").await
    }

    /// Whether bucket and database agree, or what does not and what to do.
    ///
    /// # Errors
    /// When the database does not answer.
    pub(crate) async fn storage_state(&self) -> Result<Result<(), String>, InternalError> {
        let missing = self.count_missing().await?;
        let mut said = Vec::new();
        if missing > 0 {
            said.push(format!(
                "the bucket lacks {missing} objects that the database promises: whoever opens their links cannot download them. \
                 `sealdrop-server verify-storage` names them; put the bucket's copy back (docs/guide/backup)"
            ));
        }
        match self.held_unknown().await? {
            0 => {}
            held => said.push(too_many_unknown(held)),
        }
        Ok(if said.is_empty() { Ok(()) } else { Err(said.join("; ")) })
    }

    /// Deletes all objects that have been unknown for a week, because an operator allows it. The brake is not asked.
    ///
    /// # Errors
    /// When database or bucket fail.
    pub async fn delete_unknown_objects(&self, operator: &Operator) -> Result<(), ServiceError> {
        let (unknown, _) = self.storage_findings().await?;
        let change = Change {
            operator,
            action: Action::DeleteUnknown,
            subject: "bucket".to_owned(),
            detail: Some(format!("{unknown} objects")),
        };
        let tx = self.inner.store.write().await?;
        record(&tx, change).await?;
        tx.commit().await?;
        // A run deletes a bounded number. What fails ends it; it may be repeated.
        while self.count_due_unknown().await? > 0 {
            self.inner.brakes.vouch_for_unknown();
            self.delete_unknown().await?;
        }
        Ok(())
    }
}
