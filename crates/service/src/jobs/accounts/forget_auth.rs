//! What signing in leaves is forgotten in its time.

use std::time::Duration;

use crate::jobs::{BATCH, kind::Kind, queue};
use crate::{error::ServiceError, service::Service};

/// How often.
const EVERY: Duration = Duration::from_secs(3600);
/// Milliseconds of a day.
const DAY: i64 = 24 * 3_600_000;

pub(in crate::jobs) fn kind() -> Kind {
    Kind::every("forget_auth", EVERY, |service: Service| async move {
        service.forget_auth().await
    })
}

impl Service {
    /// Challenges go after a day, for which limits count them; sessions and access tokens 30 days after their end; the mark of a
    /// browser a year after it was last used.
    pub(crate) async fn forget_auth(&self) -> Result<(), ServiceError> {
        let now = queue::now(self.inner.store.backend());
        let over = |end: &str| format!("{end} < {now} - {}", 30 * DAY);
        let due = [
            ("challenges", "id", format!("created_at < {now} - {DAY}")),
            ("sessions", "id", over("ended_at")),
            ("sessions", "id", over("expires_at")),
            // Nobody came back for two weeks: over, without having been ended.
            ("sessions", "id", format!("seen_at < {now} - {}", 44 * DAY)),
            (
                "tokens",
                "id",
                format!("{} OR {}", over("revoked_at"), over("expires_at")),
            ),
        ];
        let mut forgotten = 0;
        for (table, key, condition) in due {
            let statement = format!(
                "DELETE FROM {table} WHERE {key} IN (SELECT {key} FROM {table} WHERE {condition} LIMIT {BATCH})"
            );
            self.run_in_steps(
                "forgetting what signing in left",
                &statement,
                &[],
                BATCH,
                &mut forgotten,
            )
            .await?;
        }
        let devices = format!(
            "DELETE FROM devices WHERE (mark_hash, user_id) IN (SELECT mark_hash, user_id FROM devices WHERE seen_at < {now} - {} LIMIT {BATCH})",
            365 * DAY
        );
        self.run_in_steps("forgetting devices", &devices, &[], BATCH, &mut forgotten)
            .await?;
        if forgotten > 0 {
            tracing::info!(forgotten, "what signing in left is forgotten");
        }
        Ok(())
    }
}
