//! What accounts hold is compared with what their uploads add up to. A difference is reported and never repaired: it would be
//! a fault of this program, and somebody should look.

use std::time::Duration;

use crate::jobs::{BATCH, kind::Kind};
use crate::{
    auth::sql::all,
    error::{InternalError, ServiceError},
    service::Service,
};

/// How often.
const EVERY: Duration = Duration::from_secs(24 * 3600);
const DOING: &str = "comparing what accounts hold";

pub(in crate::jobs) fn kind() -> Kind {
    Kind::every("compare_space", EVERY, |service: Service| async move {
        service.compare_space().await
    })
}

impl Service {
    /// All accounts, a batch in each statement: one statement sees one moment.
    async fn compare_space(&self) -> Result<(), ServiceError> {
        let sum = |states: &str| {
            format!(
                "(SELECT CAST(COALESCE(SUM(o.reserved_len), 0) AS BIGINT) FROM uploads AS o WHERE o.user_id = u.id AND o.state IN ({states}))"
            )
        };
        let sql = format!(
            "SELECT u.id, u.used_bytes, u.reserved_bytes, {} AS used_sum, {} AS reserved_sum FROM users AS u \
             WHERE u.id > $1 ORDER BY u.id LIMIT {BATCH}",
            sum("'committed'"),
            sum("'reserved', 'uploading', 'completing', 'verifying'")
        );
        let (mut after, mut wrong) = (Vec::<u8>::new(), 0_u64);
        loop {
            let rows = all(self.inner.store.reader(), DOING, &sql, [after.into()]).await?;
            let Some(last) = rows.last() else { break };
            after = last.get("id")?;
            for row in &rows {
                let number = |name| row.get::<i64>(name);
                let (used, used_sum) = (number("used_bytes")?, number("used_sum")?);
                let (reserved, reserved_sum) = (number("reserved_bytes")?, number("reserved_sum")?);
                if (used, reserved) != (used_sum, reserved_sum) {
                    tracing::error!(
                        used,
                        used_sum,
                        reserved,
                        reserved_sum,
                        "an account counts other bytes than its uploads have"
                    );
                    wrong += 1;
                }
            }
            if (rows.len() as u64) < BATCH {
                break;
            }
        }
        match wrong {
            0 => Ok(()),
            _ => {
                let what = format!(
                    "accounts that count other bytes than their uploads have: {wrong}; the log has the numbers"
                );
                Err(InternalError::lasting(DOING, what).into())
            }
        }
    }
}
