//! What operators see of the queue, and what they change by hand.

use sea_orm::{ConnectionTrait, QueryResult, Statement};

use super::{
    row::{JobChange, JobRow},
    sql::{MAX_TRIES, execute, execute_unless_duplicate, now},
};
use crate::{
    error::InternalError,
    store::{WriteTx, db, instant},
};

/// Kinds that are named at most.
const MOST_KINDS: u32 = 50;

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

/// Makes a job that waits or is dead run now, with all of its tries.
pub(crate) async fn retry(tx: &WriteTx, id: i64) -> Result<JobChange, InternalError> {
    let now = now(tx.get_database_backend());
    let sql = format!(
        "UPDATE jobs SET state = 'waiting', run_at = {now}, tries = CASE WHEN every IS NULL THEN 0 ELSE tries END, \
         ended_at = CASE WHEN every IS NULL THEN NULL ELSE ended_at END, written_at = {now} \
         WHERE id = $1 AND state IN ('waiting', 'dead')"
    );
    match execute_unless_duplicate(&**tx, "trying a job again", sql, [id.into()]).await? {
        None => Ok(JobChange::AnotherWaits),
        Some(0) => refused(tx, id).await,
        Some(_) => Ok(JobChange::Done),
    }
}

/// Deletes a job that waits or is dead, and is not periodic.
pub(crate) async fn drop_job(tx: &WriteTx, id: i64) -> Result<JobChange, InternalError> {
    let sql = "DELETE FROM jobs WHERE id = $1 AND state IN ('waiting', 'dead') AND every IS NULL".to_owned();
    match execute(&**tx, "dropping a job", sql, [id.into()]).await? {
        0 => refused(tx, id).await,
        _ => Ok(JobChange::Done),
    }
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
