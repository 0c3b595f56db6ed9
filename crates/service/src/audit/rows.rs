//! The rows: the statements, and a row as an operator sees it.

use sea_orm::{ConnectionTrait, QueryResult, Statement};
use time::OffsetDateTime;

use super::{action::Action, operator::Operator};
use crate::{
    error::InternalError,
    jobs::queue::sql::now,
    store::{WriteTx, db, instant},
};

/// One change that an operator made. Nothing here is secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditRow {
    /// Its number. Numbers grow; a change that was not made may leave a gap.
    pub id: i64,
    /// When, by the database's clock.
    pub at: OffsetDateTime,
    /// Who, as far as the system said.
    pub actor: Option<String>,
    /// What was done.
    pub action: String,
    /// What it was done to: a number or an id.
    pub subject: String,
    /// What else there is to say, such as a new value.
    pub detail: Option<String>,
}

/// A change that is about to be made.
pub(crate) struct Change<'a> {
    pub(crate) operator: &'a Operator,
    pub(crate) action: Action,
    pub(crate) subject: String,
    /// No secret and no address.
    pub(crate) detail: Option<String>,
}

/// Adds a row, in the transaction that makes the change: one is not there without the other.
pub(crate) async fn record(tx: &WriteTx, change: Change<'_>) -> Result<(), InternalError> {
    let backend = tx.get_database_backend();
    let sql = format!(
        "INSERT INTO audit (at, actor, action, subject, detail) VALUES ({}, $1, $2, $3, $4)",
        now(backend)
    );
    let values = [
        change.operator.name().into(),
        change.action.as_str().into(),
        change.subject.into(),
        change.detail.into(),
    ];
    let insert = Statement::from_sql_and_values(backend, sql, values);
    tx.execute_raw(insert)
        .await
        .map(drop)
        .map_err(db("noting what an operator does"))
}

/// The newest rows, or those before a number, the newest first.
pub(super) async fn list(
    conn: &impl ConnectionTrait,
    before: Option<i64>,
    limit: u32,
) -> Result<Vec<AuditRow>, InternalError> {
    let sql = format!(
        "SELECT id, at, actor, action, subject, detail FROM audit WHERE id < $1 ORDER BY id DESC LIMIT {limit}"
    );
    let before = before.unwrap_or(i64::MAX);
    let query = Statement::from_sql_and_values(conn.get_database_backend(), sql, [before.into()]);
    let rows = conn.query_all_raw(query).await.map_err(db("reading the audit"))?;
    let rows = rows.iter().map(read).collect::<Result<_, _>>();
    rows.map_err(db("reading the audit"))
}

fn read(row: &QueryResult) -> Result<AuditRow, sea_orm::DbErr> {
    Ok(AuditRow {
        id: row.try_get("", "id")?,
        at: instant(row.try_get("", "at")?),
        actor: row.try_get("", "actor")?,
        action: row.try_get("", "action")?,
        subject: row.try_get("", "subject")?,
        detail: row.try_get("", "detail")?,
    })
}
