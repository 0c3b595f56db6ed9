//! What goes wrong: processes are killed, others restarted in order, Redis goes away once, and a newer version comes.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context as _, ensure};
use sea_orm::{ConnectionTrait as _, Database, DatabaseConnection, DbErr, TransactionTrait as _};
use tokio::time::{sleep, sleep_until};

use super::{plan::Plan, servers::Fleet};
use crate::held;

/// What was done.
#[derive(Debug, Default)]
pub(super) struct Disturbed {
    pub(super) kills: usize,
    pub(super) restarts: usize,
    /// The longest that a process took to end when it was told to.
    pub(super) slowest_end: Duration,
}

/// Disturbs until then, and leaves every process running.
pub(super) async fn until(fleet: &Arc<Fleet>, plan: &Plan, until: Instant) -> anyhow::Result<Disturbed> {
    let killing = kill(fleet, plan.kill_every, until);
    let restarting = restart(fleet, plan.restart_every, until);
    let redis = async {
        sleep(plan.lasts / 2).await;
        held(&fleet.redis).kill();
        sleep(plan.lasts / 10).await;
        held(&fleet.redis).restart();
    };
    let (kills, restarts, ()) = tokio::join!(killing, restarting, redis);
    let (restarts, slowest_end) = restarts?;
    Ok(Disturbed {
        kills: kills?,
        restarts,
        slowest_end,
    })
}

/// Kills any process with -9, and starts it again.
async fn kill(fleet: &Fleet, every: Duration, until: Instant) -> anyhow::Result<usize> {
    let mut kills = 0;
    loop {
        sleep(every).await;
        if Instant::now() >= until {
            return Ok(kills);
        }
        // One that is being restarted is left in peace: so there is always one that serves.
        let at = usize::from(getrandom::u32()? as u16) % fleet.nodes.len();
        let Ok(mut node) = fleet.nodes[at].try_lock() else {
            continue;
        };
        node.kill().await?;
        drop(node);
        fleet.start_node(at).await.context("after a kill")?;
        kills += 1;
    }
}

/// Tells one process after the other to end, and starts it again.
async fn restart(fleet: &Fleet, every: Duration, until: Instant) -> anyhow::Result<(usize, Duration)> {
    let (mut restarts, mut slowest) = (0, Duration::ZERO);
    loop {
        let next = tokio::time::Instant::now() + every;
        let at = restarts % fleet.nodes.len();
        let took = fleet.nodes[at].lock().await.end().await.context("told to end")?;
        fleet.start_node(at).await.context("after an end")?;
        (restarts, slowest) = (restarts + 1, slowest.max(took));
        sleep_until(next).await;
        if Instant::now() >= until {
            return Ok((restarts, slowest));
        }
    }
}

/// Expands the schema as a migration of the version after this one would: a table, columns that may be absent, and its name among those
/// that were run. It locks tables that others use: one that meets them in another order is told of a deadlock and tries again, as a server
/// does that is started again.
pub(super) async fn extend(url: &str) -> anyhow::Result<()> {
    let database = Database::connect(url.to_owned()).await?;
    let mut tries = 0;
    while let Err(error) = extend_once(&database).await {
        tries += 1;
        ensure!(error.to_string().contains("deadlock") && tries < 20, "{error}");
    }
    Ok(database.close().await?)
}

async fn extend_once(database: &DatabaseConnection) -> Result<(), DbErr> {
    let tx = database.begin().await?;
    for step in [
        "CREATE TABLE later (id BIGINT PRIMARY KEY, upload BYTEA REFERENCES uploads (object_id))",
        "ALTER TABLE uploads ADD COLUMN later TEXT",
        "ALTER TABLE links ADD COLUMN later BIGINT NOT NULL DEFAULT 7",
        "ALTER TABLE jobs ADD COLUMN later TEXT",
        "ALTER TABLE users ADD COLUMN later TEXT",
        "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m20991231_000001_later', 1)",
    ] {
        tx.execute_unprepared(step).await?;
    }
    tx.commit().await
}
