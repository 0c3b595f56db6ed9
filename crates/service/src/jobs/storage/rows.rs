//! Rows of the comparison: how far it has come, and what it found.

use sea_orm::{ConnectionTrait, Value};

use crate::{
    auth::sql::{all, execute, first},
    error::InternalError,
};

const DOING: &str = "comparing the bucket with the database";

/// The walk that is under way, or the last one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Walk {
    pub(super) number: i64,
    /// The bucket is listed from behind this name on.
    pub(super) listed_key: String,
    /// Rows are read from behind this name on.
    pub(super) row_key: String,
    /// Milliseconds since 1970 UTC.
    pub(super) ended_at: Option<i64>,
    /// Objects of ours so far, and others below the same prefix.
    pub(super) listed: i64,
    pub(super) others: i64,
}

/// An object that is whole as far as the database knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Promised {
    pub(super) object_id: Vec<u8>,
    pub(super) key: String,
}

pub(super) async fn read_walk(conn: &impl ConnectionTrait) -> Result<Option<Walk>, InternalError> {
    let sql = "SELECT number, listed_key, row_key, ended_at, listed, others FROM storage_walk WHERE id = 1";
    let Some(row) = first(conn, DOING, sql, []).await? else {
        return Ok(None);
    };
    Ok(Some(Walk {
        number: row.get("number")?,
        listed_key: row.get("listed_key")?,
        row_key: row.get("row_key")?,
        ended_at: row.get("ended_at")?,
        listed: row.get("listed")?,
        others: row.get("others")?,
    }))
}

pub(super) async fn save_walk(conn: &impl ConnectionTrait, walk: &Walk) -> Result<(), InternalError> {
    let sql = "INSERT INTO storage_walk (id, number, listed_key, row_key, ended_at, listed, others) \
               VALUES (1, $1, $2, $3, $4, $5, $6) ON CONFLICT (id) DO UPDATE SET number = excluded.number, \
               listed_key = excluded.listed_key, row_key = excluded.row_key, \
               ended_at = excluded.ended_at, listed = excluded.listed, others = excluded.others";
    let values: [Value; 6] = [
        walk.number.into(),
        walk.listed_key.clone().into(),
        walk.row_key.clone().into(),
        walk.ended_at.into(),
        walk.listed.into(),
        walk.others.into(),
    ];
    execute(conn, DOING, sql, values).await.map(drop)
}

/// Whole objects between two names, the second included, at most `limit`, in the order of their names.
pub(super) async fn promised(
    conn: &impl ConnectionTrait,
    after: &str,
    until: &str,
    limit: usize,
) -> Result<Vec<Promised>, InternalError> {
    let sql = format!(
        "SELECT object_id, key FROM uploads WHERE key > $1 AND key <= $2 AND state = 'committed' ORDER BY key LIMIT {limit}"
    );
    let rows = all(conn, DOING, &sql, [after.into(), until.into()]).await?;
    rows.iter()
        .map(|row| {
            Ok(Promised {
                object_id: row.get("object_id")?,
                key: row.get("key")?,
            })
        })
        .collect()
}

/// Whether the object is still promised.
pub(super) async fn is_promised(conn: &impl ConnectionTrait, object_id: &[u8]) -> Result<bool, InternalError> {
    let sql = "SELECT 1 AS one FROM uploads WHERE object_id = $1 AND state = 'committed'";
    Ok(first(conn, DOING, sql, [object_id.to_vec().into()]).await?.is_some())
}

/// A row that still has a use for its object. What was deleted or given up has none.
const KNOWS: &str = "state NOT IN ('deleted', 'aborted')";

/// Which of these names a row knows.
pub(super) async fn known(conn: &impl ConnectionTrait, keys: &[&str]) -> Result<Vec<String>, InternalError> {
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "SELECT key FROM uploads WHERE key IN ({}) AND {KNOWS}",
        places(keys.len())
    );
    let rows = all(conn, DOING, &sql, keys.iter().map(|key| (*key).into())).await?;
    rows.iter().map(|row| row.get("key")).collect()
}

/// Writes down unknown objects, or that they were seen again.
pub(super) async fn note_unknown(
    conn: &impl ConnectionTrait,
    keys: &[&str],
    walk: i64,
    now: i64,
) -> Result<(), InternalError> {
    for key in keys {
        let sql = "INSERT INTO unknown_objects (key, first_seen_at, walk) VALUES ($1, $2, $3) \
                   ON CONFLICT (key) DO UPDATE SET walk = excluded.walk";
        let values: [Value; 3] = [(*key).into(), now.into(), walk.into()];
        execute(conn, DOING, sql, values).await?;
    }
    Ok(())
}

/// Writes down missing objects.
pub(super) async fn note_missing(conn: &impl ConnectionTrait, objects: &[Promised]) -> Result<(), InternalError> {
    for object in objects {
        let sql = "INSERT INTO missing_objects (object_id) VALUES ($1) ON CONFLICT (object_id) DO NOTHING";
        execute(conn, DOING, sql, [object.object_id.clone().into()]).await?;
    }
    Ok(())
}

/// Forgets missing objects that are there again.
pub(super) async fn forget_missing(conn: &impl ConnectionTrait, keys: &[&str]) -> Result<(), InternalError> {
    if keys.is_empty() || count(conn, "missing_objects").await? == 0 {
        return Ok(());
    }
    let sql = format!(
        "DELETE FROM missing_objects WHERE object_id IN (SELECT object_id FROM uploads WHERE key IN ({}))",
        places(keys.len())
    );
    execute(conn, DOING, &sql, keys.iter().map(|key| (*key).into()))
        .await
        .map(drop)
}

/// At the end of a walk, forgets unknown objects that are gone or have a row now, and missing objects that are not committed any more.
pub(super) async fn forget_settled(conn: &impl ConnectionTrait, walk: i64) -> Result<(), InternalError> {
    execute(
        conn,
        DOING,
        "DELETE FROM unknown_objects WHERE walk < $1",
        [walk.into()],
    )
    .await?;
    let known = format!(
        "DELETE FROM unknown_objects WHERE key IN (SELECT u.key FROM uploads AS u JOIN unknown_objects AS o ON o.key = u.key WHERE u.{KNOWS})"
    );
    execute(conn, DOING, &known, []).await?;
    let ended = "DELETE FROM missing_objects WHERE object_id NOT IN (SELECT u.object_id FROM uploads AS u \
                 JOIN missing_objects AS m ON m.object_id = u.object_id WHERE u.state = 'committed')";
    execute(conn, DOING, ended, []).await.map(drop)
}

/// At most `limit` unknown objects that were first seen at that time or before.
pub(super) async fn unknown_since(
    conn: &impl ConnectionTrait,
    then: i64,
    limit: u64,
) -> Result<Vec<String>, InternalError> {
    let sql = format!("SELECT key FROM unknown_objects WHERE first_seen_at <= $1 ORDER BY key LIMIT {limit}");
    let rows = all(conn, DOING, &sql, [then.into()]).await?;
    rows.iter().map(|row| row.get("key")).collect()
}

pub(super) async fn count_unknown_since(conn: &impl ConnectionTrait, then: i64) -> Result<i64, InternalError> {
    let sql = "SELECT COUNT(*) AS n FROM unknown_objects WHERE first_seen_at <= $1";
    number(conn, sql, [then.into()]).await
}

pub(super) async fn forget_unknown(conn: &impl ConnectionTrait, key: &str) -> Result<(), InternalError> {
    let sql = "DELETE FROM unknown_objects WHERE key = $1";
    execute(conn, DOING, sql, [key.into()]).await.map(drop)
}

/// Objects that are whole as far as the database knows.
pub(super) async fn count_promised(conn: &impl ConnectionTrait) -> Result<i64, InternalError> {
    number(conn, "SELECT COUNT(*) AS n FROM uploads WHERE state = 'committed'", []).await
}

/// Rows of one of the two tables of findings, as far as they are counted: what stands in front of servers asks for them every few seconds,
/// and beside a database that is a year older every object is a finding.
pub(super) async fn count(conn: &impl ConnectionTrait, table: &'static str) -> Result<i64, InternalError> {
    let some = format!("SELECT COUNT(*) AS n FROM (SELECT 1 FROM {table} LIMIT {MOST_COUNTED}) AS counted");
    number(conn, &some, []).await
}

/// More than this is said as this.
const MOST_COUNTED: u32 = 10_000;

async fn number(
    conn: &impl ConnectionTrait,
    sql: &str,
    values: impl IntoIterator<Item = Value>,
) -> Result<i64, InternalError> {
    first(conn, DOING, sql, values).await?.map_or(Ok(0), |row| row.get("n"))
}

/// `$1, $2` and so on.
fn places(number: usize) -> String {
    let all: Vec<String> = (1..=number).map(|n| format!("${n}")).collect();
    all.join(", ")
}
