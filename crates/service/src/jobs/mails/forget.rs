//! Mails that ended a month ago are forgotten, with the addresses that they went to.

use std::time::Duration;

use crate::{
    error::ServiceError,
    jobs::{BATCH, kind::Kind, queue},
    service::Service,
};

/// How often.
const EVERY: Duration = Duration::from_secs(3600);
/// Milliseconds for which an operator sees what became of a mail.
const KEPT_FOR: i64 = 30 * 24 * 3600 * 1000;

pub(crate) fn kind() -> Kind {
    Kind::every("forget_mails", EVERY, |service: Service| async move {
        service.forget_mails().await
    })
}

impl Service {
    async fn forget_mails(&self) -> Result<(), ServiceError> {
        let now = queue::now(self.inner.store.backend());
        let statement = format!(
            "DELETE FROM mails WHERE id IN (SELECT id FROM mails WHERE state <> 'waiting' AND ended_at < {now} - {KEPT_FOR} LIMIT {BATCH})"
        );
        let mut forgotten = 0;
        self.run_in_steps("forgetting mails", &statement, &[], BATCH, &mut forgotten)
            .await?;
        if forgotten > 0 {
            self.inner.store.note_unclean();
            tracing::info!(forgotten, "mails that ended a month ago are forgotten");
        }
        Ok(())
    }
}
