//! Statements as this module and those of plans and mails write them: `$1`, `$2` on both databases, `{now}` for the database's clock.

use sea_orm::{ConnectionTrait, QueryResult, Statement, Value};

use crate::{error::InternalError, jobs::queue::now, store::db};

/// Runs a statement, and answers how many rows it changed.
pub(crate) async fn execute(
    conn: &impl ConnectionTrait,
    doing: &'static str,
    sql: &str,
    values: impl IntoIterator<Item = Value>,
) -> Result<u64, InternalError> {
    let done = conn.execute_raw(statement(conn, sql, values)).await;
    Ok(done.map_err(db(doing))?.rows_affected())
}

/// The first row that a statement answers.
pub(crate) async fn first(
    conn: &impl ConnectionTrait,
    doing: &'static str,
    sql: &str,
    values: impl IntoIterator<Item = Value>,
) -> Result<Option<Row>, InternalError> {
    let found = conn.query_one_raw(statement(conn, sql, values)).await;
    Ok(found.map_err(db(doing))?.map(|row| Row { row, doing }))
}

/// All of them.
pub(crate) async fn all(
    conn: &impl ConnectionTrait,
    doing: &'static str,
    sql: &str,
    values: impl IntoIterator<Item = Value>,
) -> Result<Vec<Row>, InternalError> {
    let found = conn.query_all_raw(statement(conn, sql, values)).await;
    let rows = found.map_err(db(doing))?;
    Ok(rows.into_iter().map(|row| Row { row, doing }).collect())
}

fn statement(conn: &impl ConnectionTrait, sql: &str, values: impl IntoIterator<Item = Value>) -> Statement {
    let backend = conn.get_database_backend();
    Statement::from_sql_and_values(backend, sql.replace("{now}", now(backend)), values)
}

/// A row of an answer.
pub(crate) struct Row {
    row: QueryResult,
    doing: &'static str,
}

impl Row {
    pub(crate) fn get<T: sea_orm::TryGetable>(&self, column: &str) -> Result<T, InternalError> {
        self.row.try_get("", column).map_err(db(self.doing))
    }

    /// An id of 16 bytes, which a check of the schema keeps at that.
    pub(crate) fn id(&self, column: &str) -> Result<[u8; 16], InternalError> {
        let bytes: Vec<u8> = self.get(column)?;
        bytes
            .try_into()
            .map_err(|_| InternalError::lasting(self.doing, "an id has not 16 bytes"))
    }
}

/// Bytes that nobody can guess.
pub(crate) fn random<const N: usize>() -> Result<[u8; N], InternalError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| InternalError::lasting("making what nobody can guess", error))?;
    Ok(bytes)
}
