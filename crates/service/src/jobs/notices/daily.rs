//! The mail of the morning: what waits of users who chose one mail a day, or who had enough single ones.

use std::time::Duration;

use crate::{
    auth::sql::all,
    error::ServiceError,
    jobs::{BATCH, kind::Kind},
    service::Service,
};

/// How often it is looked whether the hour has come.
const EVERY: Duration = Duration::from_secs(600);
/// The hour, in milliseconds after midnight UTC: 7:00. In the day of most people who get it, and known beforehand.
const AT: i64 = 7 * 3600 * 1000;
/// Milliseconds of a day.
const DAY: i64 = 24 * 3600 * 1000;

pub(in crate::jobs) fn kind() -> Kind {
    Kind::every("daily_notices", EVERY, |service: Service| async move {
        service.send_daily_notices().await
    })
}

impl Service {
    /// What has waited since before the last 7:00 UTC, and what has joined it. A morning that was missed is made up once.
    async fn send_daily_notices(&self) -> Result<(), ServiceError> {
        let sql = format!(
            "SELECT DISTINCT user_id FROM notices WHERE mail_id IS NULL AND user_id > $1 \
             AND made_at < {{now}} - ({{now}} - {AT}) % {DAY} ORDER BY user_id LIMIT {BATCH}"
        );
        let mut after = Vec::<u8>::new();
        loop {
            let rows = all(self.inner.store.reader(), "looking for notices", &sql, [after.into()]).await?;
            let Some(last) = rows.last() else { return Ok(()) };
            after = last.get("user_id")?;
            for row in &rows {
                self.gather_notices(row.id("user_id")?).await?;
            }
        }
    }
}
