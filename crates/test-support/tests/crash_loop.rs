//! The server dies at every step of an upload, comes back, and the client goes on (docs/design/faults.md).
//! Every place of the list must be reached, on both databases; afterwards database and bucket agree.
#![expect(clippy::print_stdout, reason = "the table is what a person reads")]

use std::{
    fs,
    process::Child,
    time::{Duration, Instant},
};

use anyhow::{Context as _, ensure};
use sealdrop_service::failpoint;
use sealdrop_test_support::{
    content,
    installation::{CommandOutput, TestInstallation},
    invariants, postgres,
};

const MIB: usize = 1 << 20;
/// Three parts.
const LEN: usize = 25 * MIB;
/// Days after which the reaper has removed every abandoned upload, and links still live.
const DAYS: u32 = 5;

fn send(setup: &TestInstallation, arguments: &[&str]) -> anyhow::Result<Child> {
    let arguments = std::iter::once(&"send").chain(arguments);
    Ok(setup.cli(&setup.address(), arguments)?.spawn()?)
}

fn said(child: Child) -> anyhow::Result<CommandOutput> {
    Ok(child.wait_with_output()?.into())
}

fn arrives(setup: &TestInstallation, said: &CommandOutput, sent: &[u8]) -> anyhow::Result<()> {
    let link = said.link()?;
    let got: CommandOutput = setup
        .cli(&setup.address(), ["receive", link, "-o", "got"])?
        .output()?
        .into();
    ensure!(got.code == 0, "I1: receiving ended with {}: {}", got.code, got.err);
    ensure!(fs::read(setup.path("got/big.bin"))? == sent, "I1: other bytes");
    Ok(())
}

async fn until(
    setup: &TestInstallation,
    what: &str,
    holds: impl Fn(&[invariants::Upload]) -> bool,
) -> anyhow::Result<()> {
    let end = Instant::now() + Duration::from_secs(30);
    while !holds(&invariants::uploads(setup).await?) {
        ensure!(Instant::now() < end, "{what}: never");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    Ok(())
}

/// It dies and comes back, and its totals are true: at any moment, so this need not wait for anything.
async fn come_back(setup: &mut TestInstallation) -> anyhow::Result<()> {
    setup.wait_killed(Duration::from_secs(30))?;
    setup.start(None)?;
    invariants::totals(setup).await
}

/// Dies on the way to a link; the same command, still running, comes to its end.
async fn upload(setup: &mut TestInstallation, name: &str) -> anyhow::Result<()> {
    let bytes = content(0, LEN);
    fs::write(setup.path("big.bin"), &bytes)?;
    setup.start(Some(&format!("{name}:kill")))?;
    if name == "migrate.mid" {
        // There are no totals yet.
        setup.wait_killed(Duration::from_secs(30))?;
        setup.start(None)?;
        return arrives(setup, &said(send(setup, &["big.bin"])?)?, &bytes);
    }
    let sending = send(setup, &["big.bin"])?;
    come_back(setup).await?;
    arrives(setup, &said(sending)?, &bytes)
}

/// An upload that is killed on the client's side, and discarded while the server dies.
async fn removal(setup: &mut TestInstallation, name: &str) -> anyhow::Result<()> {
    setup.start(Some(&format!("{name}:kill")))?;
    // The first object is whole before the second is done: discarding deletes the one and aborts the other.
    fs::write(setup.path("first.bin"), content(0, 12 * MIB))?;
    fs::write(setup.path("second.bin"), content(0, 300 * MIB))?;
    let files = ["first.bin", "second.bin"];
    let is_whole = |upload: &invariants::Upload| upload.state == "committed";
    let sent_before = loop {
        // A fast machine may have sent both before anybody looked, or before it was killed: those stay, and it is tried again.
        let before = invariants::uploads(setup)
            .await?
            .iter()
            .filter(|one| is_whole(one))
            .count();
        ensure!(before < 10, "one object whole, one on its way: never in five sendings");
        let mut sending = send(setup, &files)?;
        let caught = loop {
            let uploads = invariants::uploads(setup).await?;
            let one_more = uploads.iter().filter(|one| is_whole(one)).count() == before + 1;
            if one_more && uploads.iter().any(|upload| upload.state == "uploading") {
                break true;
            }
            if sending.try_wait()?.is_some() {
                break false;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        };
        if caught {
            sending.kill()?;
            sending.wait()?;
            // What was on its way may have been the call that completes it.
            tokio::time::sleep(Duration::from_millis(300)).await;
            let uploads = invariants::uploads(setup).await?;
            if uploads.iter().any(|upload| upload.state == "uploading") {
                break before;
            }
        }
    };
    let discarding = send(setup, &["--discard", files[0], files[1]])?;
    come_back(setup).await?;
    let mut said = said(discarding)?;
    if said.code == 3 {
        // Its few tries were over before the server was back: the person tries again.
        said = self::said(send(setup, &["--discard", files[0], files[1]])?)?;
    }
    ensure!(said.code == 0, "discarding ended with {}: {}", said.code, said.err);
    until(setup, "all of it removed", |uploads| {
        let is_gone = |upload: &&invariants::Upload| matches!(upload.state.as_str(), "aborted" | "deleted");
        uploads.len() - uploads.iter().filter(is_gone).count() == sent_before
    })
    .await
}

async fn at_rest(setup: &mut TestInstallation) -> anyhow::Result<()> {
    setup.stop()?;
    setup.reap_in(DAYS)?;
    setup.reap_in(DAYS)?;
    setup.start(None)?;
    invariants::at_rest(setup).await
}

/// Places on the way of a file. Those of payments are passed by a test of the service, which has a provider.
fn places() -> impl Iterator<Item = &'static str> {
    let of_payments = ["order.", "invoice.", "hook.", "refund."];
    let all = failpoint::NAMES.iter().copied();
    all.filter(move |name| !of_payments.iter().any(|group| name.starts_with(group)))
}

async fn every_place(database: impl AsyncFn() -> Option<String>) {
    let mut failed = Vec::new();
    for name in places() {
        let begun = Instant::now();
        let run = async {
            let mut setup = TestInstallation::new(database().await)?;
            match name.split('.').next() {
                Some("abort" | "delete") => removal(&mut setup, name).await,
                _ => upload(&mut setup, name).await,
            }
            .with_context(|| setup.log())?;
            at_rest(&mut setup).await
        };
        let result: anyhow::Result<()> = run.await;
        let word = if result.is_ok() { "ok" } else { "FAILED" };
        println!("{name:<24} kill -9  {word:<6} {:>5.1} s", begun.elapsed().as_secs_f32());
        if let Err(error) = result {
            failed.push(format!("{name}: {error:#}"));
        }
    }
    println!("{} places, {} failed", places().count(), failed.len());
    assert!(failed.is_empty(), "{}", failed.join("\n\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_server_dies_at_every_step_sqlite() {
    every_place(async || None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_server_dies_at_every_step_postgres() {
    every_place(async || Some(postgres::empty_database().await)).await;
}

/// Lost answers, and steps that fail once: the same command ends well, and nothing is done twice.
#[tokio::test(flavor = "multi_thread")]
async fn u15_answers_are_lost_and_steps_fail_at_every_step() {
    let bytes = content(0, LEN);
    let mut failed = Vec::new();
    for name in places() {
        if ["migrate", "abort", "delete"]
            .iter()
            .any(|other| name.starts_with(other))
        {
            continue;
        }
        for action in ["drop-response", "error"] {
            let run = async {
                let mut setup = TestInstallation::new(None)?;
                fs::write(setup.path("big.bin"), &bytes)?;
                setup.start(Some(&format!("{name}:{action}")))?;
                arrives(&setup, &said(send(&setup, &["big.bin"])?)?, &bytes).with_context(|| setup.log())?;
                let (objects, unfinished) = invariants::stored(&setup).await?;
                ensure!(objects.len() == 1, "objects: {objects:?}");
                // What began twice is aborted by the reaper, after its hour.
                ensure!(
                    unfinished.is_empty() || name == "create.after_s3",
                    "unfinished: {unfinished:?}"
                );
                at_rest(&mut setup).await
            };
            let result: anyhow::Result<()> = run.await;
            let word = if result.is_ok() { "ok" } else { "FAILED" };
            println!("{name:<24} {action:<14} {word}");
            if let Err(error) = result {
                failed.push(format!("{name}:{action}: {error:#}"));
            }
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n\n"));
}
