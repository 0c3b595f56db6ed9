//! Mails that ended a month ago are forgotten, with the addresses that they went to, and what a provider reported of them; codes that
//! never went out after a day.

use std::time::Duration;

use crate::{
    error::ServiceError,
    jobs::{BATCH, kind::Kind, queue},
    service::Service,
};

/// How often.
const EVERY: Duration = Duration::from_secs(3600);
/// Milliseconds for which an operator sees what became of a mail.
const KEPT_FOR: i64 = 30 * DAY;
/// Milliseconds of a day: how long a code's mail is kept that never went out, as its challenge is.
const DAY: i64 = 24 * 3600 * 1000;

pub(crate) fn kind() -> Kind {
    Kind::every("forget_mails", EVERY, |service: Service| async move {
        service.forget_mails().await
    })
}

impl Service {
    /// Mails 30 days after their end, and what a provider reported of them; codes that never went out after a day; notices 30 days after
    /// what they tell of.
    pub(crate) async fn forget_mails(&self) -> Result<(), ServiceError> {
        let now = queue::now(self.inner.store.backend());
        let statement = format!(
            "DELETE FROM mails WHERE id IN (SELECT id FROM mails WHERE state <> 'waiting' AND ended_at < {now} - {KEPT_FOR} LIMIT {BATCH})"
        );
        let of_codes = format!(
            "DELETE FROM mails WHERE id IN (SELECT id FROM mails WHERE state = 'expired' AND tries = 0 AND ended_at < {now} - {DAY} LIMIT {BATCH})"
        );
        let events = format!(
            "DELETE FROM mail_events WHERE id IN (SELECT id FROM mail_events WHERE made_at < {now} - {KEPT_FOR} LIMIT {BATCH})"
        );
        let holds = format!(
            "DELETE FROM held_addresses WHERE canonical IN (SELECT canonical FROM held_addresses WHERE held_until < {now} - {KEPT_FOR} \
             LIMIT {BATCH})"
        );
        let notices = format!(
            "DELETE FROM notices WHERE id IN (SELECT id FROM notices WHERE made_at < {now} - {KEPT_FOR} LIMIT {BATCH})"
        );
        let mut forgotten = 0;
        for statement in [statement, of_codes, events, holds, notices] {
            self.run_in_steps("forgetting mails", &statement, &[], BATCH, &mut forgotten)
                .await?;
        }
        if forgotten > 0 {
            self.inner.store.note_unclean();
            tracing::info!(
                forgotten,
                "mails that ended a month ago, and what is known of them, are forgotten"
            );
        }
        Ok(())
    }
}
