//! Several servers behind one address, with one Postgres, one bucket and one Redis, under mixed load, while processes are killed and
//! restarted. Afterwards what must hold (docs/design/faults.md) is counted from the database, the bucket, the logs and the doubles.

mod balancer;
mod disturb;
mod load;
mod node;
mod plan;
mod report;
mod secrets;
mod servers;
mod settings;
mod verdict;
mod watch;

use std::{sync::Arc, time::Instant};

use anyhow::Context as _;

use load::Load;
use servers::Fleet;

pub use plan::Plan;
pub use report::Report;

/// Runs a plan.
///
/// # Errors
/// When the fleet cannot be brought up; what does not hold is in the report.
pub async fn run(plan: &Plan) -> anyhow::Result<Report> {
    let fleet = Arc::new(Fleet::start(plan).await.context("the fleet comes up")?);
    let until = Instant::now() + plan.lasts;
    let load = Arc::new(Load::new(&fleet, until));
    let watch = watch::start(&fleet.database);
    let loading = load::start(&load, &fleet);
    let newer = tokio::spawn({
        let (fleet, wait) = (Arc::clone(&fleet), plan.lasts / 3);
        async move {
            tokio::time::sleep(wait).await;
            disturb::extend(&fleet.database).await
        }
    });
    let disturbed = disturb::until(&fleet, plan, until).await?;
    newer.await?.context("a newer version extends the schema")?;
    let faults_ended = Instant::now();
    loading.join_all().await;
    let load_ended = faults_ended.elapsed();
    let mut report = Report::new(&load, disturbed, load_ended);
    report.drained = fleet.balancer.drained();
    report.broken.extend(watch.end().await?);
    verdict::judge(&fleet, &load, &mut report).await?;
    Ok(report)
}
