//! Claiming a job: one statement takes one row and counts the try.

use sea_orm::{ConnectionTrait, DbBackend, QueryResult, Statement};

use super::sql::{LEASE, MAX_TRIES, millis, now};
use crate::{
    error::InternalError,
    store::{WriteTx, db},
};

/// A job that one worker runs. A newer claim of the same row makes this one invalid.
#[derive(Debug, Clone)]
pub(crate) struct Claim {
    pub(crate) id: i64,
    /// 128 random bits, in hexadecimal.
    pub(crate) token: String,
    pub(crate) kind: String,
    pub(super) key: Option<String>,
    pub(crate) payload: String,
    /// Claims of this job, this one included; of a periodic job since its last success.
    pub(crate) tries: i32,
    /// Milliseconds between two runs of a periodic job.
    pub(crate) every: Option<i64>,
}

/// What a claim found.
#[derive(Debug)]
pub(crate) enum Taken {
    Claim(Claim),
    /// A job that took its last worker with it: it is dead now.
    Dead {
        id: i64,
        kind: String,
    },
}

/// Which rows a claim looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Which {
    /// Those that wait and are due.
    Waiting,
    /// Those whose worker renews its lease no more.
    Lapsed,
}

/// Which jobs a worker has a place for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Room {
    /// Every job.
    Any,
    /// Periodic jobs only.
    Periodic,
}

/// What is there to claim. Reads only.
pub(crate) async fn look(conn: &impl ConnectionTrait, kinds: &str, room: Room) -> Result<Vec<Which>, InternalError> {
    let backend = conn.get_database_backend();
    let sql = format!(
        "SELECT ({}) AS lapsed, ({}) AS waiting",
        due(backend, kinds, Which::Lapsed, room),
        due(backend, kinds, Which::Waiting, room)
    );
    let looking = db("looking for jobs");
    let row = conn
        .query_one_raw(Statement::from_string(backend, sql))
        .await
        .map_err(&looking)?;
    let Some(row) = row else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    for (column, which) in [("lapsed", Which::Lapsed), ("waiting", Which::Waiting)] {
        if row.try_get::<Option<i64>>("", column).map_err(&looking)?.is_some() {
            found.push(which);
        }
    }
    Ok(found)
}

/// Claims the job that has been due for longest. `kinds` are those that this worker knows, as a list of SQL.
pub(crate) async fn take(tx: &WriteTx, kinds: &str, which: Which, room: Room) -> Result<Option<Taken>, InternalError> {
    let backend = tx.get_database_backend();
    let (now, due) = (now(backend), due(backend, kinds, which, room));
    let mut random = [0; 16];
    getrandom::fill(&mut random).map_err(|error| InternalError::lasting("naming a claim", error))?;
    let token: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
    let is_dead = format!("tries >= {MAX_TRIES} AND every IS NULL");
    let set = format!(
        "UPDATE jobs SET state = CASE WHEN {is_dead} THEN 'dead' ELSE 'running' END, \
         claim = CASE WHEN {is_dead} THEN NULL ELSE $1 END, \
         lease_until = CASE WHEN {is_dead} THEN NULL ELSE {now} + {lease} END, \
         tries = CASE WHEN {is_dead} THEN tries ELSE tries + 1 END, \
         error = CASE WHEN state = 'running' THEN 'its worker ended, or lost its lease' ELSE error END, \
         ended_at = CASE WHEN {is_dead} THEN {now} ELSE ended_at END, written_at = {now}",
        lease = millis(LEASE)
    );
    let returned = "RETURNING jobs.id, jobs.kind, jobs.key, jobs.payload, jobs.state, jobs.tries, jobs.every";
    let sql = if backend == DbBackend::Postgres {
        // Materialised, so that it locks one row once, whatever the plan of the rest is.
        format!(
            "WITH due AS MATERIALIZED ({due} FOR UPDATE SKIP LOCKED) {set} FROM due WHERE jobs.id = due.id {returned}"
        )
    } else {
        format!("{set} WHERE id = ({due}) {returned}")
    };
    let statement = Statement::from_sql_and_values(backend, sql, [token.clone().into()]);
    let row = tx.query_one_raw(statement).await.map_err(db("claiming a job"))?;
    row.map(|row| read(&row, token).map_err(db("reading a claimed job")))
        .transpose()
}

fn read(row: &QueryResult, token: String) -> Result<Taken, sea_orm::DbErr> {
    let (id, kind) = (row.try_get("", "id")?, row.try_get("", "kind")?);
    let state: String = row.try_get("", "state")?;
    if state == "dead" {
        return Ok(Taken::Dead { id, kind });
    }
    Ok(Taken::Claim(Claim {
        id,
        token,
        kind,
        key: row.try_get("", "key")?,
        payload: row.try_get("", "payload")?,
        tries: row.try_get("", "tries")?,
        every: row.try_get("", "every")?,
    }))
}

/// The row that is next.
fn due(backend: DbBackend, kinds: &str, which: Which, room: Room) -> String {
    let now = now(backend);
    let of_room = if room == Room::Periodic {
        "AND every IS NOT NULL"
    } else {
        ""
    };
    match which {
        Which::Lapsed => format!(
            "SELECT id FROM jobs WHERE state = 'running' AND lease_until <= {now} AND kind IN ({kinds}) {of_room} ORDER BY lease_until LIMIT 1"
        ),
        // Not while a job with the same key runs: what was asked for meanwhile runs after it.
        Which::Waiting => format!(
            "SELECT id FROM jobs AS w WHERE state = 'waiting' AND run_at <= {now} AND kind IN ({kinds}) {of_room} AND NOT EXISTS \
             (SELECT 1 FROM jobs AS r WHERE r.state = 'running' AND r.kind = w.kind AND r.key = w.key) \
             ORDER BY run_at LIMIT 1"
        ),
    }
}
