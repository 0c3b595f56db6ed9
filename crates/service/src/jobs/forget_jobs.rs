//! Jobs that were done a week ago are forgotten.

use std::time::Duration;

use super::{BATCH, kind::Kind, queue};
use crate::{error::ServiceError, service::Service};

/// How often.
const EVERY: Duration = Duration::from_secs(3600);
/// Milliseconds for which it can be seen that a job was done.
const KEPT_FOR: i64 = 7 * 24 * 3600 * 1000;

pub(super) fn kind() -> Kind {
    Kind::every("forget_jobs", EVERY, |service: Service| async move {
        service.forget_jobs().await
    })
}

impl Service {
    /// Dead jobs stay until an operator has looked.
    async fn forget_jobs(&self) -> Result<(), ServiceError> {
        let now = queue::now(self.inner.store.backend());
        let statement = format!(
            "DELETE FROM jobs WHERE id IN (SELECT id FROM jobs WHERE state = 'done' AND ended_at < {now} - {KEPT_FOR} LIMIT {BATCH})"
        );
        let mut forgotten = 0;
        self.run_in_steps("forgetting jobs", &statement, &[], BATCH, &mut forgotten)
            .await?;
        if forgotten > 0 {
            tracing::info!(forgotten, "jobs that were done a week ago are forgotten");
        }
        Ok(())
    }
}
