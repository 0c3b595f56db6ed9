//! Unknown objects are deleted a week after they were first seen, unless there are too many.

use super::rows;
use crate::{
    error::{InternalError, ServiceError},
    service::Service,
    store::unsigned,
};

/// Milliseconds that an object is left alone: time to notice that an older database was restored, and to put the newer one back.
const QUARANTINE: i64 = 7 * 24 * 3_600_000;
/// Objects of a run; the brake lets no more pass.
const AT_MOST: u64 = 1000;

impl Service {
    /// The number of objects that have been unknown for a week.
    ///
    /// # Errors
    /// When the database does not answer.
    pub(super) async fn count_due_unknown(&self) -> Result<u64, InternalError> {
        let count = rows::count_unknown_since(self.inner.store.reader(), self.due_since()).await?;
        Ok(unsigned(count))
    }

    /// What was first seen at this time or before is due. Milliseconds since 1970 UTC.
    fn due_since(&self) -> i64 {
        self.steady_now().saturating_sub(QUARANTINE)
    }

    /// Deletes what is due, if the brake lets it.
    ///
    /// # Errors
    /// When the database fails, or the bucket for one of them; the others were deleted.
    pub(in crate::jobs) async fn delete_unknown(&self) -> Result<(), ServiceError> {
        let reader = self.inner.store.reader();
        let due = self.count_due_unknown().await?;
        let known = unsigned(rows::count_promised(reader).await?);
        if !self.may_delete_unknown(due, known).await? {
            return Ok(());
        }
        let (mut deleted, mut failed) = (0_u64, 0_u64);
        for key in rows::unknown_since(reader, self.due_since(), AT_MOST).await? {
            // A row may have come back since it was noted.
            if rows::known(reader, &[key.as_str()]).await?.is_empty() {
                if let Err(error) = self.inner.bucket.delete(&key).await {
                    tracing::warn!(%error, key, "an object that nobody knows stays");
                    failed += 1;
                    continue;
                }
                deleted += 1;
            }
            let tx = self.inner.store.write().await?;
            rows::forget_unknown(&*tx, &key).await?;
            tx.commit().await?;
        }
        if deleted > 0 {
            tracing::warn!(
                deleted,
                "objects were deleted that no row of the database knew for a week"
            );
        }
        match failed {
            0 => Ok(()),
            _ => {
                let why = format!("{failed} could not be deleted; the log says why");
                Err(InternalError::transient("deleting objects that nobody knows", why).into())
            }
        }
    }
}
