//! What the statements of the queue have in common.

use std::time::Duration;

use sea_orm::{ConnectionTrait, DbBackend, Statement, Value};

use crate::{
    error::InternalError,
    store::{db, is_duplicate},
};

/// Claims after which a job is dead, and failures in a row after which a periodic job is reported.
pub(crate) const MAX_TRIES: i32 = 10;
/// How long a claim lasts without being renewed.
pub(crate) const LEASE: Duration = Duration::from_secs(15);

/// Milliseconds since 1970 UTC on the database's clock, as an expression. The same throughout one statement.
pub(crate) fn now(backend: DbBackend) -> &'static str {
    match backend {
        DbBackend::Postgres => "CAST(EXTRACT(EPOCH FROM statement_timestamp()) * 1000 AS BIGINT)",
        _ => "CAST(unixepoch('now', 'subsec') * 1000 AS INTEGER)",
    }
}

/// The function that returns the smallest of its arguments.
pub(super) fn least(backend: DbBackend) -> &'static str {
    if backend == DbBackend::Postgres { "LEAST" } else { "MIN" }
}

/// The function that returns the largest of its arguments.
pub(super) fn greatest(backend: DbBackend) -> &'static str {
    if backend == DbBackend::Postgres {
        "GREATEST"
    } else {
        "MAX"
    }
}

pub(super) fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

/// Runs a statement, and returns how many rows it changed.
pub(super) async fn execute(
    conn: &impl ConnectionTrait,
    doing: &'static str,
    sql: String,
    values: impl IntoIterator<Item = Value>,
) -> Result<u64, InternalError> {
    let statement = Statement::from_sql_and_values(conn.get_database_backend(), sql, values);
    Ok(conn.execute_raw(statement).await.map_err(db(doing))?.rows_affected())
}

/// The same; nothing if a job of the same key waits already, which ends the transaction on Postgres.
pub(super) async fn execute_unless_duplicate(
    conn: &impl ConnectionTrait,
    doing: &'static str,
    sql: String,
    values: impl IntoIterator<Item = Value>,
) -> Result<Option<u64>, InternalError> {
    let statement = Statement::from_sql_and_values(conn.get_database_backend(), sql, values);
    match conn.execute_raw(statement).await {
        Err(error) if is_duplicate(&error) => Ok(None),
        done => Ok(Some(done.map_err(db(doing))?.rows_affected())),
    }
}
