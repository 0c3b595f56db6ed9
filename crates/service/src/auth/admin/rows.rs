//! A user as an operator sees them.

use sea_orm::{ConnectionTrait, Value};
use time::OffsetDateTime;

use super::key::{UserKey, hex};
use crate::{
    auth::{
        sessions::life::live,
        sql::{Row, all, first},
        tokens::row::GOOD,
    },
    error::InternalError,
    store::{
        instant,
        plans::{PLAN, STORAGE, USERS_WITH_TERMS},
        unsigned,
    },
};

/// One user. Lengths in sealed bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserRow {
    /// The id, in hexadecimal; what the audit names them by.
    pub id: String,
    /// Where mail to them goes; nothing once they are closed.
    pub address: Option<String>,
    /// Name of their plan.
    pub plan: String,
    /// What they hold.
    pub used_bytes: u64,
    /// What is kept free for uploads that go on.
    pub reserved_bytes: u64,
    /// What they may hold.
    pub quota_bytes: u64,
    /// Whether that is an operator's word, and not the plan's.
    pub has_own_quota: bool,
    /// When they first signed in.
    pub created_at: OffsetDateTime,
    /// When a session or an access token of theirs was last used, to five minutes. Ended ones are forgotten after 30 days.
    pub seen_at: Option<OffsetDateTime>,
    /// When they were closed.
    pub closed_at: Option<OffsetDateTime>,
}

/// One user, and what they are signed in with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserDetails {
    /// The user.
    pub user: UserRow,
    /// Sessions that are live.
    pub sessions: u64,
    /// Access tokens that are good.
    pub tokens: u64,
}

/// What is read of a user.
fn select() -> String {
    format!(
        "SELECT u.id, u.address, {PLAN} AS plan, u.used_bytes, u.reserved_bytes, u.quota_bytes, {STORAGE} AS storage_bytes, u.created_at, \
         u.closed_at, (SELECT MAX(s.seen_at) FROM sessions AS s WHERE s.user_id = u.id) AS session_seen_at, \
         (SELECT MAX(t.seen_at) FROM tokens AS t WHERE t.user_id = u.id) AS token_seen_at FROM {USERS_WITH_TERMS}"
    )
}

/// The newest users, the newest first.
pub(super) async fn list(conn: &impl ConnectionTrait, limit: u32) -> Result<Vec<UserRow>, InternalError> {
    let sql = format!("{} ORDER BY u.created_at DESC, u.id LIMIT {limit}", select());
    let rows = all(conn, "listing users", &sql, []).await?;
    rows.iter().map(read).collect()
}

/// The id of a user, if there is one.
pub(super) async fn find(conn: &impl ConnectionTrait, key: &UserKey) -> Result<Option<[u8; 16]>, InternalError> {
    let (condition, value): (_, Value) = match key {
        UserKey::Id(id) => ("u.id = $1", id.to_vec().into()),
        UserKey::Address(address) => ("u.canonical = $1 AND u.closed_at IS NULL", address.canonical().into()),
    };
    let sql = format!("SELECT u.id FROM users AS u WHERE {condition}");
    let row = first(conn, "looking for a user", &sql, [value]).await?;
    row.map(|row| row.id("id")).transpose()
}

/// One user and what they are signed in with.
pub(super) async fn show(conn: &impl ConnectionTrait, id: [u8; 16]) -> Result<Option<UserDetails>, InternalError> {
    let doing = "reading a user";
    let id: Value = id.to_vec().into();
    let Some(row) = first(conn, doing, &format!("{} WHERE u.id = $1", select()), [id.clone()]).await? else {
        return Ok(None);
    };
    let counts = format!(
        "SELECT (SELECT COUNT(*) FROM sessions AS s WHERE s.user_id = $1 AND {}) AS sessions, \
         (SELECT COUNT(*) FROM tokens AS t WHERE t.user_id = $1 AND {GOOD}) AS tokens",
        live()
    );
    let counts = first(conn, doing, &counts, [id]).await?;
    let count = |column| counts.as_ref().map_or(Ok(0), |row| row.get::<i64>(column));
    Ok(Some(UserDetails {
        user: read(&row)?,
        sessions: unsigned(count("sessions")?),
        tokens: unsigned(count("tokens")?),
    }))
}

fn read(row: &Row) -> Result<UserRow, InternalError> {
    let own = row.get::<Option<i64>>("quota_bytes")?;
    let seen = [row.get::<Option<i64>>("session_seen_at")?, row.get("token_seen_at")?];
    Ok(UserRow {
        id: hex(row.id("id")?),
        address: row.get("address")?,
        plan: row.get("plan")?,
        used_bytes: unsigned(row.get("used_bytes")?),
        reserved_bytes: unsigned(row.get("reserved_bytes")?),
        quota_bytes: unsigned(row.get("storage_bytes")?),
        has_own_quota: own.is_some(),
        created_at: instant(row.get("created_at")?),
        seen_at: seen.into_iter().flatten().max().map(instant),
        closed_at: row.get::<Option<i64>>("closed_at")?.map(instant),
    })
}
