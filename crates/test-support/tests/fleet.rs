//! Three servers behind one address while processes are killed and restarted (docs/design/faults.md): what must hold is counted
//! afterwards. Half a minute here; `make soak` runs ten minutes of it on SeaweedFS, and two of three workers.
#![expect(clippy::print_stdout, reason = "the report is what a person reads")]

use std::{path::PathBuf, time::Duration};

use anyhow::ensure;
use sealdrop_test_support::{
    fleet::{Plan, run},
    s3::{Endpoint, LocalS3Process, Seaweed},
};

fn plan(seconds: u64, bucket: &Endpoint) -> Plan {
    Plan {
        lasts: Duration::from_secs(seconds),
        kill_every: Duration::from_secs(3),
        restart_every: Duration::from_secs(5),
        workers: 0,
        bucket: bucket.clone(),
        older_server: setting("SEALDROP_OLDER_SERVER").map(PathBuf::from),
    }
}

#[expect(clippy::disallowed_methods, reason = "the test run's own setting, not the product's")]
fn setting(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// Seconds by environment, for who wants more or less of it.
fn seconds(default: u64) -> anyhow::Result<u64> {
    Ok(setting("SEALDROP_FLEET_SECONDS").map_or(Ok(default), |text| text.parse())?)
}

async fn holds(plan: &Plan) -> anyhow::Result<()> {
    let report = run(plan).await?;
    println!("{report}");
    ensure!(report.broken.is_empty(), "{report}");
    ensure!(
        report.kills > 0 && report.restarts > 0,
        "nothing was disturbed: {report}"
    );
    ensure!(report.drained > 0, "no server said that it ends: {report}");
    for what in ["links sent", "links received", "signed in", "codes mailed"] {
        ensure!(report.counts.contains_key(what), "no {what}: {report}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn o01_o02_o07_o09_three_servers_are_killed_and_restarted_under_load() -> anyhow::Result<()> {
    // Another test of this process may have been first.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let bucket = LocalS3Process::start().await?;
    holds(&plan(seconds(15)?, &bucket.endpoint)).await?;
    bucket.stop().await;
    Ok(())
}

/// Ten minutes of it on a bucket that we did not write.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "ten minutes: make soak"]
async fn o01_o02_o07_o09_ten_minutes_on_seaweedfs() -> anyhow::Result<()> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let weed = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../.venv/bin/weed");
    let bucket = Seaweed::start(&weed).await?;
    bucket
        .endpoint
        .client()
        .create_bucket()
        .bucket(&bucket.endpoint.bucket)
        .send()
        .await?;
    holds(&plan(seconds(600)?, &bucket.endpoint)).await?;
    bucket.stop().await
}

/// Jobs are done by processes of their own, which are killed too.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "two minutes: make soak"]
async fn o07_two_minutes_of_three_workers() -> anyhow::Result<()> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let bucket = LocalS3Process::start().await?;
    let mut plan = plan(seconds(120)?, &bucket.endpoint);
    plan.workers = 3;
    holds(&plan).await?;
    bucket.stop().await;
    Ok(())
}
