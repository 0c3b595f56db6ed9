//! Notes what happened, in the transaction that makes it happen.

use sea_orm::{ActiveEnum as _, ConnectionTrait};
use sealdrop_api::LinkId;

use super::event::{HOUR, Kind};
use crate::{auth::sql::execute, error::InternalError};

/// It happened so many times more, the last time at `at`.
pub(crate) async fn note(
    conn: &impl ConnectionTrait,
    link_id: LinkId,
    kind: Kind,
    times: i64,
    at: i64,
) -> Result<(), InternalError> {
    if times <= 0 {
        return Ok(());
    }
    let sql = "INSERT INTO link_events (link_id, hour, kind, at, n) VALUES ($1, $2, $3, $4, $5) \
               ON CONFLICT (link_id, hour, kind) DO UPDATE SET n = link_events.n + excluded.n, \
               at = CASE WHEN excluded.at > link_events.at THEN excluded.at ELSE link_events.at END";
    let values = [
        link_id.0.to_vec().into(),
        at.div_euclid(HOUR).into(),
        kind.to_value().into(),
        at.into(),
        times.into(),
    ];
    execute(conn, "noting what happened to a link", sql, values)
        .await
        .map(drop)
}
