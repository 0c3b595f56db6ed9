//! What operators see of the queue, and what they change by hand.

use std::time::Duration;

use sea_orm::{ConnectionTrait, QueryResult, Statement};

use super::{
    row::{JobChange, JobRow},
    sql::{MAX_TRIES, execute, execute_unless_duplicate, millis, now},
};
use crate::{
    error::InternalError,
    store::{WriteTx, db, instant},
};

/// Kinds that are named at most.
const MOST_KINDS: u32 = 50;
/// How late a periodic job may be before it is reported.
const OVERDUE: Duration = Duration::from_secs(10 * 60);
/// What no worker runs: it waits, is dead, or the lease of the one that had it is over.
fn is_idle(now: &str) -> String {
    format!("(state IN ('waiting', 'dead') OR (state = 'running' AND lease_until <= {now}))")
}

/// Kinds of which a job is dead, or which are periodic and have failed ten times in a row.
pub(crate) async fn failed_kinds(conn: &impl ConnectionTrait) -> Result<Vec<String>, InternalError> {
    let sql = format!(
        "SELECT kind FROM jobs WHERE state = 'dead' UNION SELECT kind FROM jobs WHERE every IS NOT NULL \
         AND tries - CASE WHEN state = 'running' THEN 1 ELSE 0 END >= {MAX_TRIES} ORDER BY kind LIMIT {MOST_KINDS}"
    );
    let rows = conn.query_all_raw(Statement::from_string(conn.get_database_backend(), sql));
    let rows = rows.await.map_err(db("looking for failed jobs"))?;
    let kinds = rows.iter().map(|row| row.try_get("", "kind")).collect::<Result<_, _>>();
    kinds.map_err(db("reading failed jobs"))
}

/// Kinds of periodic jobs that should have run [`OVERDUE`] ago: no worker runs, or each is stuck.
pub(crate) async fn overdue_kinds(conn: &impl ConnectionTrait) -> Result<Vec<String>, InternalError> {
    let backend = conn.get_database_backend();
    let (now, overdue) = (now(backend), millis(OVERDUE));
    let sql = format!(
        "SELECT kind FROM jobs WHERE every IS NOT NULL \
         AND CASE WHEN state = 'running' THEN lease_until ELSE run_at END <= {now} - {overdue} ORDER BY kind LIMIT {MOST_KINDS}"
    );
    let rows = conn.query_all_raw(Statement::from_string(backend, sql));
    let rows = rows.await.map_err(db("looking for overdue jobs"))?;
    let kinds = rows.iter().map(|row| row.try_get("", "kind")).collect::<Result<_, _>>();
    kinds.map_err(db("reading overdue jobs"))
}

/// Jobs that are not done, the dead ones first, then by when they run.
pub(crate) async fn list(conn: &impl ConnectionTrait, limit: u32) -> Result<Vec<JobRow>, InternalError> {
    let sql = format!(
        "SELECT id, kind, key, state, tries, error, every, run_at, ended_at FROM jobs WHERE state <> 'done' \
         ORDER BY CASE WHEN state = 'dead' THEN 0 ELSE 1 END, run_at, id LIMIT {limit}"
    );
    let rows = conn.query_all_raw(Statement::from_string(conn.get_database_backend(), sql));
    let rows = rows.await.map_err(db("listing jobs"))?;
    rows.iter()
        .map(read)
        .collect::<Result<_, _>>()
        .map_err(db("reading jobs"))
}

fn read(row: &QueryResult) -> Result<JobRow, sea_orm::DbErr> {
    let ended_at: Option<i64> = row.try_get("", "ended_at")?;
    let (state, tries): (String, i32) = (row.try_get("", "state")?, row.try_get("", "tries")?);
    let every: Option<i64> = row.try_get("", "every")?;
    Ok(JobRow {
        id: row.try_get("", "id")?,
        kind: row.try_get("", "kind")?,
        key: row.try_get("", "key")?,
        has_failed: state == "dead" || (every.is_some() && tries - i32::from(state == "running") >= MAX_TRIES),
        is_periodic: every.is_some(),
        state,
        tries,
        error: row.try_get("", "error")?,
        run_at: instant(row.try_get("", "run_at")?),
        ended_at: ended_at.map(instant),
    })
}

/// Makes a job that no worker runs run now, with all of its tries.
pub(crate) async fn retry(tx: &WriteTx, id: i64) -> Result<JobChange, InternalError> {
    let now = now(tx.get_database_backend());
    let sql = format!(
        "UPDATE jobs SET state = 'waiting', run_at = {now}, tries = CASE WHEN every IS NULL THEN 0 ELSE tries END, \
         ended_at = CASE WHEN every IS NULL THEN NULL ELSE ended_at END, claim = NULL, lease_until = NULL, \
         written_at = {now} WHERE id = $1 AND {}",
        is_idle(now)
    );
    match execute_unless_duplicate(&**tx, "trying a job again", sql, [id.into()]).await? {
        None => Ok(JobChange::AnotherWaits),
        Some(0) => refused(tx, id).await,
        Some(_) => Ok(JobChange::Done),
    }
}

/// Deletes a job that no worker runs; of the periodic ones only those that are overdue, as one of a kind that no worker knows is. The
/// others would come back.
pub(crate) async fn drop_job(tx: &WriteTx, id: i64) -> Result<JobChange, InternalError> {
    let now = now(tx.get_database_backend());
    let (idle, overdue) = (is_idle(now), millis(OVERDUE));
    let sql = format!("DELETE FROM jobs WHERE id = $1 AND {idle} AND (every IS NULL OR run_at <= {now} - {overdue})");
    match execute(&**tx, "dropping a job", sql, [id.into()]).await? {
        0 => refused(tx, id).await,
        _ => Ok(JobChange::Done),
    }
}

/// What a job is of, while it is there.
pub(super) async fn kind_of(tx: &WriteTx, id: i64) -> Result<Option<String>, InternalError> {
    let sql = "SELECT kind FROM jobs WHERE id = $1";
    let query = Statement::from_sql_and_values(tx.get_database_backend(), sql, [id.into()]);
    let row = tx.query_one_raw(query).await.map_err(db("reading a job"))?;
    let kind = row.map(|row| row.try_get("", "kind")).transpose();
    kind.map_err(db("reading a job"))
}

async fn refused(tx: &WriteTx, id: i64) -> Result<JobChange, InternalError> {
    let sql = "SELECT state FROM jobs WHERE id = $1";
    let query = Statement::from_sql_and_values(tx.get_database_backend(), sql, [id.into()]);
    let row = tx.query_one_raw(query).await.map_err(db("reading a job"))?;
    let state = row.map(|row| row.try_get::<String>("", "state")).transpose();
    Ok(match state.map_err(db("reading a job"))?.as_deref() {
        None => JobChange::Unknown,
        Some("running") => JobChange::Running,
        Some("done") => JobChange::Ended,
        Some(_) => JobChange::Periodic,
    })
}
