//! The rows of periodic jobs: one for each kind.

use std::time::Duration;

use sea_orm::ConnectionTrait as _;

use super::sql::{execute, least, millis, now};
use crate::{
    error::InternalError,
    store::{Store, WriteTx},
};

/// When a periodic job runs.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Period {
    /// From the end of one run to the next.
    pub(crate) every: Duration,
    /// Whether a worker that starts runs it, however long ago the last run was.
    pub(crate) at_start: bool,
}

/// Makes the rows that are missing, due now, and brings the others to these periods.
pub(crate) async fn keep_periodic(
    store: &Store,
    kinds: impl Iterator<Item = (&str, Period)>,
) -> Result<(), InternalError> {
    let tx = store.write().await?;
    for (kind, period) in kinds {
        keep(&tx, kind, period).await?;
    }
    tx.commit().await
}

/// Makes the rows that are missing, due now, and changes no other: for a process that runs no jobs, so that it shows when none does.
pub(crate) async fn announce_periodic(
    store: &Store,
    kinds: impl Iterator<Item = (&str, Period)>,
) -> Result<(), InternalError> {
    let tx = store.write().await?;
    let now = now(tx.get_database_backend());
    for (kind, period) in kinds {
        let every = millis(period.every);
        let sql = format!(
            "INSERT INTO jobs (kind, payload, state, run_at, every, made_at, written_at) \
             VALUES ($1, 'null', 'waiting', {now}, {every}, {now}, {now}) ON CONFLICT (kind) WHERE every IS NOT NULL DO NOTHING"
        );
        execute(&*tx, "announcing periodic jobs", sql, [kind.into()]).await?;
    }
    tx.commit().await
}

async fn keep(tx: &WriteTx, kind: &str, period: Period) -> Result<(), InternalError> {
    let backend = tx.get_database_backend();
    let (now, least) = (now(backend), least(backend));
    let every = millis(period.every);
    let wait = if period.at_start { 0 } else { every };
    // The instant of one that runs is written again when it ends.
    let sql = format!(
        "INSERT INTO jobs (kind, payload, state, run_at, every, made_at, written_at) \
         VALUES ($1, 'null', 'waiting', {now}, {every}, {now}, {now}) ON CONFLICT (kind) WHERE every IS NOT NULL \
         DO UPDATE SET every = excluded.every, run_at = {least}(jobs.run_at, excluded.run_at + {wait})"
    );
    execute(&**tx, "keeping periodic jobs", sql, [kind.into()])
        .await
        .map(drop)
}
