//! The rows of the outbox: the statements, and a row as a job and as an operator see it.

use sea_orm::{ConnectionTrait, QueryResult, Statement, Value};
use sealdrop_mail::{EmailAddress, MailId, Sent};
use time::OffsetDateTime;

use super::reason::MailReason;
use crate::{
    error::InternalError,
    jobs::queue::now,
    store::{WriteTx, db, instant},
};

/// What became of a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailState {
    /// It goes out, now or later.
    Waiting,
    /// A transport took it.
    Sent,
    /// It was refused, or tried too often.
    Failed,
    /// What it would have said holds no more: the code has ended.
    Expired,
}

impl MailState {
    /// As the table has it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Sent => "sent",
            Self::Failed => "failed",
            Self::Expired => "expired",
        }
    }

    fn from_name(name: &str) -> Self {
        let all = [Self::Waiting, Self::Sent, Self::Failed];
        all.into_iter()
            .find(|state| state.name() == name)
            .unwrap_or(Self::Expired)
    }
}

/// One mail as an operator sees it: the one place where an address is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailRow {
    /// Its id, in hexadecimal.
    pub id: String,
    /// Who gets it.
    pub recipient: String,
    /// Why.
    pub reason: String,
    /// What became of it.
    pub state: MailState,
    /// How often it was tried.
    pub tries: i32,
    /// Why the last try failed.
    pub error: Option<String>,
    /// Which transport took it.
    pub transport: Option<String>,
    /// What the provider calls it.
    pub provider_id: Option<String>,
    /// When it was caused.
    pub made_at: OffsetDateTime,
    /// When it is tried next, or was due last.
    pub run_at: OffsetDateTime,
    /// When it was sent, or given up.
    pub ended_at: Option<OffsetDateTime>,
}

/// A mail that waits, as the job that sends it sees it.
pub(crate) struct Waiting {
    pub(crate) id: MailId,
    pub(crate) to: EmailAddress,
    pub(crate) reason: MailReason,
    pub(crate) subject: Option<Vec<u8>>,
    pub(crate) payload: String,
    /// Milliseconds since 1970 UTC.
    pub(crate) made_at: i64,
}

/// What a mail that waits is; nothing if none of this id does.
pub(crate) async fn find_waiting(conn: &impl ConnectionTrait, id: MailId) -> Result<Option<Waiting>, InternalError> {
    let sql = "SELECT recipient, reason, subject, payload, made_at FROM mails WHERE id = $1 AND state = 'waiting'";
    let query = Statement::from_sql_and_values(conn.get_database_backend(), sql, [id.0.to_vec().into()]);
    let row = conn.query_one_raw(query).await.map_err(db("reading a mail"))?;
    row.map(|row| read_waiting(id, &row)).transpose()
}

fn read_waiting(id: MailId, row: &QueryResult) -> Result<Waiting, InternalError> {
    let doing = "reading a mail";
    let text = |column| row.try_get::<String>("", column).map_err(db(doing));
    let to = EmailAddress::parse(&text("recipient")?).map_err(|error| InternalError::lasting(doing, error))?;
    let reason = MailReason::from_name(&text("reason")?)
        .ok_or_else(|| InternalError::lasting(doing, "its reason is of another version"))?;
    Ok(Waiting {
        id,
        to,
        reason,
        subject: row.try_get("", "subject").map_err(db(doing))?,
        payload: text("payload")?,
        made_at: row.try_get("", "made_at").map_err(db(doing))?,
    })
}

/// Counts a try, before it is made; nothing if the mail waits no more.
pub(crate) async fn count_try(tx: &WriteTx, id: MailId) -> Result<Option<i32>, InternalError> {
    let sql = "UPDATE mails SET tries = tries + 1 WHERE id = $1 AND state = 'waiting' RETURNING tries";
    let update = Statement::from_sql_and_values(tx.get_database_backend(), sql, [id.0.to_vec().into()]);
    let row = tx.query_one_raw(update).await.map_err(db("counting a try"))?;
    let tries = row.map(|row| row.try_get("", "tries")).transpose();
    tries.map_err(db("counting a try"))
}

/// Notes that a mail was sent.
pub(crate) async fn note_sent(tx: &WriteTx, id: MailId, sent: &Sent) -> Result<(), InternalError> {
    let now = now(tx.get_database_backend());
    let set = format!("state = 'sent', ended_at = {now}, error = NULL, transport = $2, provider_id = $3");
    note(tx, id, &set, [sent.by.into(), sent.provider_id.clone().into()]).await
}

/// Notes that a mail will not be sent.
pub(crate) async fn note_end(
    tx: &WriteTx,
    id: MailId,
    state: MailState,
    error: Option<&str>,
) -> Result<(), InternalError> {
    let now = now(tx.get_database_backend());
    let set = format!("state = $2, ended_at = {now}, error = COALESCE($3, error)");
    note(tx, id, &set, [state.name().into(), error.map(str::to_owned).into()]).await
}

/// Notes why a try failed, and in how many milliseconds the next one is due.
pub(crate) async fn note_failure(tx: &WriteTx, id: MailId, error: &str, wait: i64) -> Result<(), InternalError> {
    let now = now(tx.get_database_backend());
    let set = format!("error = $2, run_at = {now} + $3");
    note(tx, id, &set, [error.into(), wait.into()]).await
}

async fn note(tx: &WriteTx, id: MailId, set: &str, values: [Value; 2]) -> Result<(), InternalError> {
    let sql = format!("UPDATE mails SET {set} WHERE id = $1 AND state = 'waiting'");
    let values = std::iter::once(id.0.to_vec().into()).chain(values);
    let update = Statement::from_sql_and_values(tx.get_database_backend(), sql, values);
    tx.execute_raw(update)
        .await
        .map(drop)
        .map_err(db("noting what became of a mail"))
}

const COLUMNS: &str = "id, recipient, reason, state, tries, error, transport, provider_id, made_at, run_at, ended_at";

/// Mails, the newest first.
pub(crate) async fn list(conn: &impl ConnectionTrait, limit: u32) -> Result<Vec<MailRow>, InternalError> {
    let sql = format!("SELECT {COLUMNS} FROM mails ORDER BY made_at DESC, id LIMIT {limit}");
    let rows = conn.query_all_raw(Statement::from_string(conn.get_database_backend(), sql));
    let rows = rows.await.map_err(db("listing mails"))?;
    let rows = rows.iter().map(read).collect::<Result<_, _>>();
    rows.map_err(db("reading mails"))
}

/// One mail.
pub(crate) async fn find(conn: &impl ConnectionTrait, id: MailId) -> Result<Option<MailRow>, InternalError> {
    let sql = format!("SELECT {COLUMNS} FROM mails WHERE id = $1");
    let query = Statement::from_sql_and_values(conn.get_database_backend(), sql, [id.0.to_vec().into()]);
    let row = conn.query_one_raw(query).await.map_err(db("reading a mail"))?;
    row.map(|row| read(&row)).transpose().map_err(db("reading a mail"))
}

fn read(row: &QueryResult) -> Result<MailRow, sea_orm::DbErr> {
    let id: Vec<u8> = row.try_get("", "id")?;
    let ended_at: Option<i64> = row.try_get("", "ended_at")?;
    Ok(MailRow {
        id: id.iter().map(|byte| format!("{byte:02x}")).collect(),
        recipient: row.try_get("", "recipient")?,
        reason: row.try_get("", "reason")?,
        state: MailState::from_name(&row.try_get::<String>("", "state")?),
        tries: row.try_get("", "tries")?,
        error: row.try_get("", "error")?,
        transport: row.try_get("", "transport")?,
        provider_id: row.try_get("", "provider_id")?,
        made_at: instant(row.try_get("", "made_at")?),
        run_at: instant(row.try_get("", "run_at")?),
        ended_at: ended_at.map(instant),
    })
}
