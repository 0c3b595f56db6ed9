//! Links that expire soon and that nobody has downloaded.

use std::time::Duration;

use sealdrop_api::LinkId;

use crate::{
    auth::sql::all,
    error::ServiceError,
    jobs::{BATCH, kind::Kind},
    notices::note::{Happened, note},
    service::Service,
};

/// How often.
const EVERY: Duration = Duration::from_secs(1800);
/// Milliseconds of a day: so long before its end a link is told of, and it is so old at least, because who makes one for an hour knows.
const DAY: i64 = 24 * 3600 * 1000;

pub(in crate::jobs) fn kind() -> Kind {
    Kind::every("unused_links", EVERY, |service: Service| async move {
        service.note_unused_links().await
    })
}

impl Service {
    /// Each link once for each end: where its owner gives it more time, that is another end. Who gets one mail a day is told a day earlier,
    /// so that the mail comes before the end. Links that are paused, ended, used or being downloaded are left alone.
    async fn note_unused_links(&self) -> Result<(), ServiceError> {
        let now = self.steady_now();
        let sql = format!(
            "SELECT l.link_id, l.expires_at, l.user_id FROM links AS l JOIN users AS u ON u.id = l.user_id \
             WHERE l.ended_at IS NULL AND l.expires_at > $1 AND l.expires_at <= $1 + CASE WHEN u.notify_daily = 1 THEN {} ELSE {DAY} END \
             AND l.created_at <= $1 - {DAY} AND l.used = 0 AND l.active = 0 AND l.paused_at IS NULL \
             AND u.closed_at IS NULL AND u.notify_link_unused = 1 AND NOT EXISTS \
             (SELECT 1 FROM notices AS n WHERE n.kind = 'link-unused' AND n.link_id = l.link_id AND n.ends_at = l.expires_at) LIMIT {BATCH}",
            2 * DAY
        );
        loop {
            let rows = all(
                self.inner.store.reader(),
                "looking for unused links",
                &sql,
                [now.into()],
            )
            .await?;
            let mut noted = 0;
            for row in &rows {
                let unused = Happened::Unused(LinkId(row.id("link_id")?), row.get("expires_at")?);
                let tx = self.inner.store.write().await?;
                noted += u64::from(note(&tx, row.id("user_id")?, unused).await?);
                tx.commit().await?;
            }
            if noted > 0 {
                self.inner.wake.wake();
            }
            if noted < BATCH {
                return Ok(());
            }
        }
    }
}
