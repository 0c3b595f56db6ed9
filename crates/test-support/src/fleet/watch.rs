//! Looks while all of it goes on: what holds at every moment, and that states only move forward.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use sea_orm::{ConnectionTrait as _, Database, DatabaseConnection, Statement};
use tokio::{task::JoinHandle, time::sleep};

use crate::invariants::{wrong_accounts, wrong_totals};

/// Between two looks.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// Links whose downloads and places are more than their limit (I6).
const OVERDRAWN: &str = "SELECT COUNT(*) AS number FROM links WHERE used > max_downloads OR (ended_at IS NULL AND used + active > max_downloads)";

/// Until it is asked to end.
pub(super) struct Watch {
    stop: Arc<AtomicBool>,
    watching: JoinHandle<anyhow::Result<Vec<String>>>,
}

pub(super) fn start(database: &str) -> Watch {
    let (stop, database) = (Arc::<AtomicBool>::default(), database.to_owned());
    let watching = tokio::spawn(watch(database, Arc::clone(&stop)));
    Watch { stop, watching }
}

impl Watch {
    /// What it saw that must not be.
    pub(super) async fn end(self) -> anyhow::Result<Vec<String>> {
        self.stop.store(true, Ordering::SeqCst);
        self.watching.await?
    }
}

async fn watch(url: String, stop: Arc<AtomicBool>) -> anyhow::Result<Vec<String>> {
    let database = Database::connect(url).await?;
    let (mut broken, mut states) = (Vec::new(), BTreeMap::new());
    while !stop.load(Ordering::SeqCst) {
        for wrong in wrong_totals(&database).await? {
            broken.push(format!("I3: {wrong}"));
        }
        for wrong in wrong_accounts(&database).await? {
            broken.push(format!("I3: a user: {wrong}"));
        }
        let overdrawn = number(&database, OVERDRAWN).await?;
        if overdrawn > 0 {
            broken.push(format!("I6: {overdrawn} links are over their limit"));
        }
        broken.extend(moved_back(&database, &mut states).await?);
        sleep(LOOK_EVERY).await;
    }
    database.close().await?;
    Ok(broken)
}

/// The one number that a query finds.
pub(super) async fn number(database: &DatabaseConnection, query: &str) -> anyhow::Result<i64> {
    let query = Statement::from_string(database.get_database_backend(), query);
    let row = database.query_one_raw(query).await?;
    Ok(row.map_or(Ok(0), |row| row.try_get("", "number"))?)
}

/// Uploads that are in an earlier state than at the last look (I9). One edge leads back: a Complete that the bucket refused.
async fn moved_back(database: &DatabaseConnection, seen: &mut BTreeMap<String, i32>) -> anyhow::Result<Vec<String>> {
    let rank = "CASE state WHEN 'reserved' THEN 0 WHEN 'uploading' THEN 1 WHEN 'completing' THEN 1 WHEN 'verifying' THEN 3 \
                WHEN 'committed' THEN 4 WHEN 'deleting' THEN 5 WHEN 'deleted' THEN 6 WHEN 'aborting' THEN 7 ELSE 8 END";
    let query = Statement::from_string(
        database.get_database_backend(),
        format!("SELECT key, {rank} AS number FROM uploads"),
    );
    let mut broken = Vec::new();
    for row in database.query_all_raw(query).await? {
        let (key, rank): (String, i32) = (row.try_get("", "key")?, row.try_get("", "number")?);
        let before = seen.insert(key, rank).unwrap_or(0);
        if before > rank {
            broken.push(format!("I9: an upload went from rank {before} back to {rank}"));
        }
    }
    Ok(broken)
}
