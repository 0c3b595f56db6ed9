//! Storage of users that passes 80% or is full.
//!
//! A job looks, and not the transaction that stores: what a user holds and may hold changes in many ways (uploads, ends of links, plans,
//! operators), a look compares them all with one column, no upload waits for it, and who is over a level for minutes only needs no mail.

use std::time::Duration;

use crate::{
    auth::sql::{all, execute},
    error::ServiceError,
    jobs::{BATCH, kind::Kind},
    notices::note::{Happened, note},
    service::Service,
    store::plans::{STORAGE, USERS_WITH_TERMS},
};

/// How often.
const EVERY: Duration = Duration::from_secs(900);
const DOING: &str = "looking how full accounts are";

pub(in crate::jobs) fn kind() -> Kind {
    Kind::every("storage_levels", EVERY, |service: Service| async move {
        service.note_storage_levels().await
    })
}

impl Service {
    /// A level that is passed upwards is told of once; below it, that begins anew. Full is what has less than half a percent left: hardly
    /// an upload ends at the last byte.
    async fn note_storage_levels(&self) -> Result<(), ServiceError> {
        let sql = format!(
            "SELECT id, storage_level, level FROM (SELECT h.id, h.storage_level, CASE WHEN h.used = 0 THEN 0 \
             WHEN h.used >= h.quota - h.quota / 200 THEN 100 WHEN h.used >= h.quota - h.quota / 5 THEN 80 ELSE 0 END AS level \
             FROM (SELECT u.id, u.storage_level, u.used_bytes AS used, {STORAGE} AS quota \
             FROM {USERS_WITH_TERMS} WHERE u.closed_at IS NULL) AS h) AS l \
             WHERE id > $1 AND level <> storage_level ORDER BY id LIMIT {BATCH}"
        );
        let mut after = Vec::<u8>::new();
        loop {
            let rows = all(self.inner.store.reader(), DOING, &sql, [after.into()]).await?;
            let Some(last) = rows.last() else { return Ok(()) };
            after = last.get("id")?;
            for row in &rows {
                self.note_storage_level(row.id("id")?, row.get("storage_level")?, row.get("level")?)
                    .await?;
            }
        }
    }

    async fn note_storage_level(&self, user: [u8; 16], before: i32, now: i32) -> Result<(), ServiceError> {
        let tx = self.inner.store.write().await?;
        let sql = "UPDATE users SET storage_level = $3 WHERE id = $1 AND storage_level = $2";
        let values = [user.to_vec().into(), before.into(), now.into()];
        let is_news = execute(&*tx, DOING, sql, values).await? == 1 && now > before;
        let is_told = is_news && note(&tx, user, Happened::Storage(now)).await?;
        tx.commit().await?;
        if is_told {
            self.inner.wake.wake();
        }
        Ok(())
    }
}
