//! What only the database knows: asked when the metrics are, in a few statements that an index answers.

use std::collections::HashMap;

use metrics::gauge;
use sea_orm::{ConnectionTrait, DatabaseConnection, DbErr, QueryResult, Statement};

use super::list::{
    DIFFERING, JOB_STATES, JOB_WAIT, JOBS, JOBS_FAILED, JOBS_OVERDUE, MAIL_OPEN, MAILS_WAITING, OPEN_BYTES,
    OPEN_UPLOADS, ORDER_STATES, ORDERS, ORDERS_LATE, POOL, REFUNDS_OWED, WEBHOOK_SILENT,
};
use crate::{
    error::InternalError,
    jobs::{
        queue::{failed_kinds, now, overdue_kinds},
        registry::job_names,
    },
    mails::send_job,
    service::Service,
    store::{Store, db},
};

/// Counts of rows, at one instant.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stats {
    /// By kind and state: how many, and for how many milliseconds the first has been due.
    pub(crate) jobs: Vec<(String, String, i64, i64)>,
    pub(crate) failed_kinds: usize,
    overdue_kinds: usize,
    open_uploads: i64,
    announced_bytes: i64,
    promised_bytes: i64,
    orders: Vec<(String, i64)>,
    orders_late: i64,
    refunds_owed: i64,
    is_webhook_silent: bool,
    /// Only in the bucket, only in the database, and held.
    differing: [i64; 3],
}

impl Service {
    /// Counts what the metrics show of the database. Asks for nothing of payments where nothing is sold.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn stats(&self) -> Result<Stats, InternalError> {
        let conn = self.inner.store.reader();
        let uploads = one(
            conn,
            "SELECT objects, bytes, promised FROM upload_totals WHERE kind = 0",
            |row| Ok((number(row, "objects")?, number(row, "bytes")?, number(row, "promised")?)),
        )
        .await?
        .unwrap_or_default();
        let mut stats = Stats {
            jobs: jobs(conn).await?,
            failed_kinds: failed_kinds(conn).await?.len(),
            overdue_kinds: overdue_kinds(conn).await?.len(),
            open_uploads: uploads.0,
            announced_bytes: uploads.1,
            promised_bytes: uploads.2,
            ..Stats::default()
        };
        let (unknown, missing) = self.storage_findings().await?;
        stats.differing = [
            unknown,
            missing,
            i64::try_from(self.held_unknown().await?).unwrap_or(i64::MAX),
        ];
        if self.inner.payments.is_some() {
            payments(conn, &mut stats).await?;
            stats.is_webhook_silent = self.webhook_state().await?.is_err();
        }
        Ok(stats)
    }

    /// Shows what was counted: a number for every kind and state, also where there is nothing.
    pub fn show_stats(&self, stats: &Stats) {
        show_jobs(stats);
        gauge!(OPEN_UPLOADS).set(float(stats.open_uploads));
        gauge!(OPEN_BYTES, "of" => "announced").set(float(stats.announced_bytes));
        gauge!(OPEN_BYTES, "of" => "promised").set(float(stats.promised_bytes));
        for (place, number) in ["unknown", "missing", "held"].into_iter().zip(stats.differing) {
            gauge!(DIFFERING, "in" => place).set(float(number));
        }
        for state in ORDER_STATES {
            let count = stats.orders.iter().find(|(known, _)| known == state);
            gauge!(ORDERS, "state" => *state).set(float(count.map_or(0, |(_, count)| *count)));
        }
        gauge!(ORDERS_LATE).set(seconds(stats.orders_late));
        gauge!(REFUNDS_OWED).set(float(stats.refunds_owed));
        gauge!(WEBHOOK_SILENT).set(if stats.is_webhook_silent { 1.0 } else { 0.0 });
    }

    /// Shows what this process knows without asking: its mail, its connections to the database.
    pub fn show_process(&self) {
        gauge!(MAIL_OPEN).set(if self.inner.mailer.health().is_ok() { 0.0 } else { 1.0 });
        let (idle, in_use) = connections(&self.inner.store);
        gauge!(POOL, "state" => "idle").set(f64::from(idle));
        gauge!(POOL, "state" => "in_use").set(f64::from(in_use));
    }
}

fn show_jobs(stats: &Stats) {
    let names = job_names();
    let mut counts: HashMap<(&str, &str), i64> = HashMap::new();
    let mut waits: HashMap<&str, i64> = HashMap::new();
    for (kind, state, count, late) in &stats.jobs {
        // What is in a column may be of another version; what is in a label is ours.
        let kind = names.iter().find(|known| *known == kind).copied().unwrap_or("other");
        *counts.entry((kind, state.as_str())).or_default() += count;
        if state == "waiting" {
            let wait = waits.entry(kind).or_default();
            *wait = (*wait).max(*late);
        }
    }
    for kind in names.into_iter().chain(["other"]) {
        for state in JOB_STATES {
            let count = counts.get(&(kind, *state)).copied().unwrap_or_default();
            gauge!(JOBS, "kind" => kind, "state" => *state).set(float(count));
        }
        gauge!(JOB_WAIT, "kind" => kind).set(seconds(waits.get(kind).copied().unwrap_or_default()));
    }
    // Each mail that waits has a job.
    let mails = ["waiting", "running"].map(|state| counts.get(&(send_job::NAME, state)).copied().unwrap_or_default());
    gauge!(MAILS_WAITING).set(float(mails.iter().sum()));
    gauge!(JOBS_FAILED).set(float(i64::try_from(stats.failed_kinds).unwrap_or(i64::MAX)));
    gauge!(JOBS_OVERDUE).set(float(i64::try_from(stats.overdue_kinds).unwrap_or(i64::MAX)));
}

/// A statement for each state, because each has its index and what is done has the most rows.
async fn jobs(conn: &DatabaseConnection) -> Result<Vec<(String, String, i64, i64)>, InternalError> {
    let now = now(conn.get_database_backend());
    let of_state = |state: &&str| {
        format!(
            "SELECT kind, '{state}' AS state, COUNT(*) AS jobs, {now} - MIN(run_at) AS late FROM jobs WHERE state = '{state}' \
             GROUP BY kind"
        )
    };
    let sql = JOB_STATES.iter().map(of_state).collect::<Vec<_>>().join(" UNION ALL ");
    all(conn, &sql, |row| {
        let (kind, state) = (row.try_get("", "kind")?, row.try_get("", "state")?);
        Ok((kind, state, number(row, "jobs")?, number(row, "late")?))
    })
    .await
}

async fn payments(conn: &DatabaseConnection, stats: &mut Stats) -> Result<(), InternalError> {
    let now = now(conn.get_database_backend());
    stats.orders = all(
        conn,
        "SELECT state, COUNT(*) AS orders FROM orders GROUP BY state",
        |row| Ok((row.try_get("", "state")?, number(row, "orders")?)),
    )
    .await?;
    let late = format!("SELECT {now} - MIN(look_at) AS late FROM orders WHERE look_at IS NOT NULL");
    stats.orders_late = one(conn, &late, |row| number(row, "late")).await?.unwrap_or_default();
    let owed = "SELECT COUNT(*) AS refunds FROM refunds WHERE state <> 'done'";
    stats.refunds_owed = one(conn, owed, |row| number(row, "refunds")).await?.unwrap_or_default();
    Ok(())
}

/// Idle ones, and those in use.
fn connections(store: &Store) -> (u32, u32) {
    let (size, idle) = match store.backend() {
        sea_orm::DbBackend::Postgres => {
            let pool = store.reader().get_postgres_connection_pool();
            (pool.size(), pool.num_idle())
        }
        _ => {
            let pool = store.reader().get_sqlite_connection_pool();
            (pool.size(), pool.num_idle())
        }
    };
    let idle = u32::try_from(idle).unwrap_or(u32::MAX).min(size);
    (idle, size - idle)
}

async fn all<T>(
    conn: &DatabaseConnection,
    sql: &str,
    read: impl Fn(&QueryResult) -> Result<T, DbErr>,
) -> Result<Vec<T>, InternalError> {
    let statement = Statement::from_string(conn.get_database_backend(), sql);
    let rows = conn.query_all_raw(statement).await.map_err(db("counting rows"))?;
    rows.iter()
        .map(read)
        .collect::<Result<_, _>>()
        .map_err(db("reading counts"))
}

async fn one<T>(
    conn: &DatabaseConnection,
    sql: &str,
    read: impl Fn(&QueryResult) -> Result<T, DbErr>,
) -> Result<Option<T>, InternalError> {
    Ok(all(conn, sql, read).await?.into_iter().next())
}

/// A number that may be null, where there was no row to count.
fn number(row: &QueryResult, column: &str) -> Result<i64, DbErr> {
    Ok(row.try_get::<Option<i64>>("", column)?.unwrap_or_default())
}

fn float(count: i64) -> f64 {
    // Exact up to 2^53.
    #[expect(
        clippy::cast_precision_loss,
        reason = "a gauge is a float, and so large a count needs no last digit"
    )]
    let count = count as f64;
    count
}

fn seconds(millis: i64) -> f64 {
    float(millis.max(0)) / 1000.0
}
