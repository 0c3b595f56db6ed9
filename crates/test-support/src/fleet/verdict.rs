//! What must hold when the faults are over, counted from the database, the bucket, the logs and the doubles.

use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use futures::{StreamExt as _, stream};
use sea_orm::{ConnectionTrait as _, Database, DatabaseConnection};
use serde_json::json;
use tokio::time::sleep;

use super::{
    load::{ENDS_WITHIN, Load, Sent, still_arrives},
    node::Role,
    report::Report,
    secrets::found_secrets,
    servers::Fleet,
    watch::number,
};
use crate::invariants;

/// Of 512 MiB, in KiB.
const MOST_MEMORY: u64 = 400 << 10;
/// What is under way when the load is over, and comes to its end by itself (I10).
const UNDER_WAY: [(&str, &str); 3] = [
    (
        "jobs that are not done",
        "SELECT COUNT(*) AS number FROM jobs WHERE every IS NULL AND state IN ('waiting', 'running')",
    ),
    (
        "uploads between two states",
        "SELECT COUNT(*) AS number FROM uploads WHERE state IN ('completing', 'verifying', 'deleting', 'aborting')",
    ),
    (
        "events of payments that were not looked at",
        "SELECT COUNT(*) AS number FROM payment_events WHERE handled_at IS NULL",
    ),
];

/// Adds what does not hold to the report.
pub(super) async fn judge(fleet: &Fleet, load: &Load, report: &mut Report) -> anyhow::Result<()> {
    let database = Database::connect(fleet.database.clone()).await?;
    report.broken.extend(comes_to_rest(fleet, load, &database).await?);
    let found = payments(fleet, load, &database, report).await?;
    report.broken.extend(found);
    let found = mails(fleet, &database, report).await?;
    report.broken.extend(found);
    report.broken.extend(jobs(&database).await?);
    let found = links(load, report).await;
    report.broken.extend(found);
    for node in &fleet.nodes {
        node.lock().await.end().await.context("the end")?;
    }
    let found = processes(fleet, report).await;
    report.broken.extend(found);
    let found = storage(fleet, &database, report).await?;
    report.broken.extend(found);
    let found = found_secrets(fleet, load, &database, report).await?;
    report.broken.extend(found);
    database.close().await?;
    Ok(())
}

/// I10: what is under way comes to its end within a minute.
async fn comes_to_rest(fleet: &Fleet, load: &Load, database: &DatabaseConnection) -> anyhow::Result<Vec<String>> {
    let gives_up_at = Instant::now() + ENDS_WITHIN;
    let paid = i64::try_from(load.heard(|heard| heard.paid))?;
    loop {
        // What the provider could not deliver is due again.
        fleet.razorpay.tell("clock", json!({ "ahead": 120 }));
        fleet.razorpay.deliver().await;
        // So is what failed while servers came and went, and waits for its next try.
        let due = "UPDATE jobs SET run_at = 0 WHERE every IS NULL AND state = 'waiting' AND run_at > 0";
        database.execute_unprepared(due).await?;
        let mut left = Vec::new();
        for (what, query) in UNDER_WAY {
            let found = number(database, query).await?;
            if found > 0 {
                left.push(format!("I10: {found} {what} a minute after the last fault"));
            }
        }
        let granted = number(database, GRANTED).await?;
        if granted < paid {
            left.push(format!(
                "I5: {granted} grants for {paid} payments a minute after the last fault"
            ));
        }
        if left.is_empty() || Instant::now() >= gives_up_at {
            return Ok(left);
        }
        sleep(Duration::from_millis(200)).await;
    }
}

const GRANTED: &str = "SELECT COUNT(*) AS number FROM ledger WHERE kind = 'grant'";

/// I5: what was paid was granted, once, and nothing else was.
async fn payments(
    fleet: &Fleet,
    load: &Load,
    database: &DatabaseConnection,
    report: &mut Report,
) -> anyhow::Result<Vec<String>> {
    let mut broken: Vec<String> = invariants::wrong_payments(database).await?;
    let state = fleet.razorpay.tell("state", json!(null));
    let captured = state["payments"].as_array().into_iter().flatten();
    let captured = i64::try_from(captured.filter(|payment| payment["status"] == "captured").count())?;
    let granted = number(database, GRANTED).await?;
    report.looked_at.push(("payments captured", u64::try_from(captured)?));
    let paid = load.heard(|heard| heard.paid);
    if granted != captured || i64::try_from(paid)? != captured {
        broken.push(format!("{paid} were paid, {captured} captured, {granted} granted"));
    }
    Ok(broken.into_iter().map(|what| format!("I5: {what}")).collect())
}

/// No mail went out twice, and each that is said to be sent was taken.
async fn mails(fleet: &Fleet, database: &DatabaseConnection, report: &mut Report) -> anyhow::Result<Vec<String>> {
    let taken = fleet.brevo.taken();
    let sent = number(database, "SELECT COUNT(*) AS number FROM mails WHERE state = 'sent'").await?;
    let rows = number(database, "SELECT COUNT(*) AS number FROM mails").await?;
    report
        .looked_at
        .push(("mails taken by the provider", taken.len() as u64));
    let once: std::collections::BTreeSet<_> = taken.iter().collect();
    let mut broken = Vec::new();
    if once.len() != taken.len() {
        broken.push(format!("{} mails were taken twice", taken.len() - once.len()));
    }
    // A server that is killed after the provider took a code leaves its row to another, by which time the code may have ended.
    if !(sent..=rows).contains(&i64::try_from(once.len())?) {
        broken.push(format!(
            "{} mails were taken, {sent} of {rows} are said to be sent",
            once.len()
        ));
    }
    Ok(broken)
}

/// O07, O08: no job is dead, and each periodic one is there once.
async fn jobs(database: &DatabaseConnection) -> anyhow::Result<Vec<String>> {
    let mut broken = Vec::new();
    let dead = "SELECT COUNT(*) AS number FROM jobs WHERE state = 'dead'";
    let twice = "SELECT COUNT(*) - COUNT(DISTINCT kind) AS number FROM jobs WHERE every IS NOT NULL";
    for (what, query) in [("jobs are dead", dead), ("periodic jobs are there twice", twice)] {
        let found = number(database, query).await?;
        if found > 0 {
            broken.push(format!("I10: {found} {what}"));
        }
    }
    Ok(broken)
}

/// I1: every link that goes on gives what was sent.
async fn links(load: &Load, report: &mut Report) -> Vec<String> {
    let sent: Vec<Sent> = load.heard(|heard| heard.sent.clone());
    let alive: Vec<(usize, Sent)> = sent.into_iter().filter(|sent| !sent.has_ended).enumerate().collect();
    report.looked_at.push(("links received again", alive.len() as u64));
    let received = stream::iter(alive).map(|(at, sent)| async move { still_arrives(load, &sent, at).await });
    let received: Vec<anyhow::Result<()>> = received.buffer_unordered(3).collect().await;
    received
        .into_iter()
        .filter_map(|one| one.err().map(|why| format!("{why:#}")))
        .collect()
}

/// I9, I10: no process panicked, none answered 500, none took more memory than a small machine has.
async fn processes(fleet: &Fleet, report: &mut Report) -> Vec<String> {
    let (mut broken, mut most) = (Vec::new(), 0);
    for (at, node) in fleet.nodes.iter().enumerate() {
        let node = node.lock().await;
        most = most.max(node.most_memory);
        for line in node.log().lines() {
            if line.contains("panicked") || line.contains("\"status\":500") {
                broken.push(format!("I10: process {at} logged: {line}"));
            }
        }
    }
    report
        .looked_at
        .push(("MiB of memory, the largest process", most >> 10));
    if most > MOST_MEMORY {
        broken.push(format!("I10: a process had {} MiB", most >> 10));
    }
    broken
}

/// I2, I3, I4 after the reaper has had its days: what the database names is in the bucket, and nothing else is.
async fn storage(fleet: &Fleet, database: &DatabaseConnection, report: &mut Report) -> anyhow::Result<Vec<String>> {
    // Days pass for what was left behind. The bucket's clock cannot be moved.
    let days = Duration::from_hours(5 * 24).as_millis();
    let age = format!(
        "UPDATE uploads SET created_at = created_at - {days}, touched_at = touched_at - {days} WHERE state <> 'committed'"
    );
    database.execute_unprepared(&age).await?;
    for _ in 0..2 {
        let node = fleet.nodes[0].lock().await;
        ensure!(node.role != Role::Work);
        let said = node.command(&["reap"])?.output().await?;
        ensure!(said.status.success(), "the reaper failed: {}", node.log());
    }
    let mut broken = Vec::new();
    match invariants::at_rest_in(&fleet.database, &fleet.bucket).await {
        Ok(rest) => report.looked_at.extend([
            ("uploads in the database", rest.uploads),
            ("objects in the bucket", rest.objects),
            ("bytes in the bucket", rest.bytes),
            (
                "multipart uploads without a row, which the reaper ends after an hour",
                rest.unfinished,
            ),
        ]),
        Err(why) => broken.push(format!("{why:#}")),
    }
    Ok(broken)
}
