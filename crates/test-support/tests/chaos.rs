//! The real command line and the real server with a proxy between them that spoils what passes. Every upload ends complete
//! and verified, or fails with a named error and is finished by the same command later.
//!
//! The seeds are printed. `SEALDROP_CHAOS_SEED=N SEALDROP_CHAOS_RUNS=N cargo test -p sealdrop-test-support --test chaos` repeats one,
//! or makes many more.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    time::{Duration, Instant},
};

use anyhow::{Context as _, ensure};
use sealdrop_test_support::{
    chaos::{Chaos, Plan, Rule, Seen, Toxic},
    content,
    installation::{CommandOutput, TestInstallation},
    invariants,
};

const MIB: usize = 1 << 20;
const PART: u64 = 10 << 20;
/// Exit codes that have a name in the reference of the command line.
const NAMED: [i32; 3] = [1, 3, 6];

#[expect(clippy::disallowed_methods, reason = "the test run's own setting, not the product's")]
fn setting(name: &str, usual: u64) -> u64 {
    match std::env::var(name) {
        Err(std::env::VarError::NotPresent) => usual,
        other => {
            let number = other.ok().and_then(|text| text.parse().ok());
            number.unwrap_or_else(|| panic!("{name} is set and is no number"))
        }
    }
}

async fn send(setup: &TestInstallation, server: &str, files: &[&str]) -> anyhow::Result<CommandOutput> {
    let mut command = tokio::process::Command::from(setup.cli(server, std::iter::once(&"send").chain(files))?);
    Ok(command.kill_on_drop(true).output().await?.into())
}

async fn receive(setup: &TestInstallation, link: &str) -> anyhow::Result<CommandOutput> {
    let mut command = tokio::process::Command::from(setup.cli(&setup.address(), ["receive", link, "-o", "got"])?);
    Ok(command.kill_on_drop(true).output().await?.into())
}

struct Between {
    setup: TestInstallation,
    chaos: Chaos,
}

impl Between {
    async fn new() -> anyhow::Result<Self> {
        let mut setup = TestInstallation::new(None)?;
        setup.start(None)?;
        let chaos = Chaos::in_front_of(&setup.address()).await?;
        Ok(Self { setup, chaos })
    }

    fn parts(seen: &[Seen]) -> Vec<&Seen> {
        seen.iter().filter(|one| one.method == "PUT").collect()
    }

    /// Sends one file of so many bytes through the proxy, and gets it back past it.
    async fn send_whole(&self, len: usize) -> anyhow::Result<CommandOutput> {
        let bytes = content(0, len);
        fs::write(self.setup.path("big.bin"), &bytes)?;
        let said = send(&self.setup, &self.chaos.address, &["big.bin"]).await?;
        let link = said.link()?.replace(&self.chaos.address, &self.setup.address());
        let got = receive(&self.setup, &link).await?;
        ensure!(got.code == 0, "receiving ended with {}: {}", got.code, got.err);
        ensure!(fs::read(self.setup.path("got/big.bin"))? == bytes, "other bytes");
        Ok(said)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn u01_a_reset_in_the_middle_of_a_part_costs_that_part() -> anyhow::Result<()> {
    let between = Between::new().await?;
    between.chaos.follow(Plan::Told(vec![Rule::new(
        "PUT",
        "partNumber=3",
        1,
        Toxic::Reset(4 << 20),
    )]));
    between.send_whole(45 * MIB).await?;
    let seen = between.chaos.seen();
    let parts = Between::parts(&seen);
    assert_eq!(parts.len(), 6, "five parts, and one of them again: {parts:?}");
    assert_eq!(
        parts.iter().filter(|part| part.target.contains("partNumber=3")).count(),
        2
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn u02_a_black_hole_is_noticed() -> anyhow::Result<()> {
    let between = Between::new().await?;
    let forever = Duration::from_secs(600);
    between.chaos.follow(Plan::Told(vec![Rule::new(
        "PUT",
        "partNumber=2",
        1,
        Toxic::Stall(1 << 20, forever),
    )]));
    let begun = Instant::now();
    let sending = tokio::time::timeout(Duration::from_secs(180), between.send_whole(25 * MIB));
    sending.await.context("it is not noticed")??;
    let took = begun.elapsed();
    assert!(took > Duration::from_secs(20), "a slow line is no stall: {took:?}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn u02_an_answer_that_never_comes_is_noticed() -> anyhow::Result<()> {
    let between = Between::new().await?;
    let never = Toxic::LateAnswer(Duration::from_secs(600));
    let rule = Rule::new("PUT", "partNumber=2", 1, never);
    between.chaos.follow(Plan::Told(vec![rule]));
    let sending = tokio::time::timeout(Duration::from_secs(180), between.send_whole(25 * MIB));
    sending.await.context("it is not noticed")??;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn u04_a_busy_bucket_is_asked_less_and_again() -> anyhow::Result<()> {
    let between = Between::new().await?;
    let rules = (1..=4)
        .map(|nth| Rule::new("PUT", "/blobs/", nth, Toxic::Status(503)))
        .collect();
    between.chaos.follow(Plan::Told(rules));
    between.send_whole(45 * MIB).await?;
    assert_eq!(Between::parts(&between.chaos.seen()).len(), 9);
    // For ever is not: a named error, and the same command goes on later.
    between
        .chaos
        .follow(Plan::Told(vec![Rule::new("PUT", "/blobs/", 0, Toxic::Status(503))]));
    fs::write(between.setup.path("other.bin"), content(0, 25 * MIB))?;
    let said = send(&between.setup, &between.chaos.address, &["other.bin"]).await?;
    assert!(NAMED.contains(&said.code), "{said:?}");
    assert!(said.err.trim_end().ends_with('.'), "a sentence: {said:?}");
    let mut tries = BTreeMap::<String, u32>::new();
    for part in Between::parts(&between.chaos.seen()) {
        let number = part.target.split("partNumber=").nth(1).unwrap_or_default();
        *tries
            .entry(number.split('&').next().unwrap_or_default().to_owned())
            .or_default() += 1;
    }
    assert!(
        tries.values().all(|tries| *tries <= 8),
        "at most eight tries in a row: {tries:?}"
    );
    between.chaos.follow(Plan::Calm);
    let said = send(&between.setup, &between.chaos.address, &["other.bin"]).await?;
    assert!(said.err.contains("Resuming"), "{said:?}");
    said.link()?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn u11_u15_answers_that_nobody_heard_are_asked_for_again() -> anyhow::Result<()> {
    let between = Between::new().await?;
    between.chaos.follow(Plan::Told(vec![
        Rule::new("PUT", "partNumber=2", 1, Toxic::DropAnswer),
        Rule::new("POST", "/complete", 1, Toxic::DropAnswer),
        Rule::new("POST", "/links", 1, Toxic::StatusAfter(500)),
        Rule::new("POST", "/uploads", 1, Toxic::DropAnswer),
        Rule::new("POST", "/urls", 1, Toxic::Cut(40)),
    ]));
    between.send_whole(25 * MIB).await?;
    let uploads = invariants::uploads(&between.setup).await?;
    assert_eq!(uploads.len(), 1, "nothing was made twice: {uploads:?}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn u05_an_address_that_expired_is_signed_again() -> anyhow::Result<()> {
    let between = Between::new().await?;
    between.chaos.follow(Plan::Told(vec![Rule::new(
        "PUT",
        "partNumber=2",
        1,
        Toxic::Status(403),
    )]));
    between.send_whole(25 * MIB).await?;
    let seen = between.chaos.seen();
    let second: BTreeSet<&str> = Between::parts(&seen)
        .iter()
        .filter(|part| part.target.contains("partNumber=2"))
        .map(|part| part.target.as_str())
        .collect();
    assert_eq!(
        seen.iter().filter(|one| one.target.ends_with("/urls")).count(),
        2,
        "{seen:?}"
    );
    assert!(!second.is_empty());
    assert!(Between::parts(&seen).iter().all(|part| part.len <= PART));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn u07_a_clock_that_is_a_day_wrong_changes_nothing() -> anyhow::Result<()> {
    let between = Between::new().await?;
    let bytes = content(0, 12 * MIB);
    fs::write(between.setup.path("big.bin"), &bytes)?;
    for offset in ["+25h", "-25h"] {
        let address = between.setup.address();
        let said: CommandOutput = between
            .setup
            .cli_at(offset, &address, ["send", "big.bin"])?
            .output()?
            .into();
        let link = said.link()?.to_owned();
        let folder = format!("got{offset}");
        let got = between
            .setup
            .cli_at(offset, &address, ["receive", &link, "-o", &folder])?
            .output()?;
        let got = CommandOutput::from(got);
        ensure!(
            got.code == 0,
            "{offset}: receiving ended with {}: {}",
            got.code,
            got.err
        );
        ensure!(
            fs::read(between.setup.path(&folder).join("big.bin"))? == bytes,
            "other bytes"
        );
    }
    Ok(())
}

/// One run with a seed: whatever happens, the end has a name, and the same command later comes to the link.
async fn one_seed(seed: u64) -> anyhow::Result<String> {
    let between = Between::new().await?;
    let files = [("empty.bin", 0), ("small.bin", 1024), ("big.bin", 45 * MIB)];
    for (name, len) in files {
        fs::write(between.setup.path(name), content(0, len))?;
    }
    let names = files.map(|(name, _)| name);
    between.chaos.follow(Plan::seeded(seed, 25));
    let first = tokio::time::timeout(
        Duration::from_secs(240),
        send(&between.setup, &between.chaos.address, &names),
    );
    let first = first.await.context("silent: neither complete nor failed")??;
    let spoiled = between.chaos.seen().iter().filter(|one| one.toxic.is_some()).count();
    between.chaos.follow(Plan::Calm);
    let (said, how) = if first.code == 0 {
        (first, "complete")
    } else {
        ensure!(NAMED.contains(&first.code), "an end without a name: {first:?}");
        ensure!(first.err.trim_end().ends_with('.'), "no sentence: {first:?}");
        (
            send(&between.setup, &between.chaos.address, &names).await?,
            "named error, complete later",
        )
    };
    let link = said.link()?.replace(&between.chaos.address, &between.setup.address());
    let got = receive(&between.setup, &link).await?;
    ensure!(got.code == 0, "receiving ended with {}: {}", got.code, got.err);
    let inside = fs::read_dir(between.setup.path("got"))?.next();
    let inside = inside.context("no new folder")??.path();
    for (name, len) in files {
        ensure!(fs::read(inside.join(name))? == content(0, len), "{name} differs");
    }
    let mut setup = between.setup;
    setup.stop()?;
    setup.reap_in(5)?;
    setup.reap_in(5)?;
    setup.start(None)?;
    invariants::at_rest(&setup).await?;
    Ok(format!("{spoiled:>3} requests spoiled, {how}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn seeded_chaos_ends_complete_or_with_a_name() {
    let (start, runs) = (setting("SEALDROP_CHAOS_SEED", 1), setting("SEALDROP_CHAOS_RUNS", 10));
    let mut failed = Vec::new();
    for seed in start..start + runs {
        let begun = Instant::now();
        match one_seed(seed).await {
            Ok(how) => println!("seed {seed}: {how}, {:.1} s", begun.elapsed().as_secs_f32()),
            Err(error) => {
                println!("seed {seed}: FAILED {error:#}");
                failed.push(seed);
            }
        }
    }
    assert!(failed.is_empty(), "seeds {failed:?}");
}
