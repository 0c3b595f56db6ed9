//! An honest user who sends and receives with the command line, from an address of their own.

use std::{
    net::Ipv4Addr,
    process::Stdio,
    sync::atomic::{AtomicUsize, Ordering},
    time::{Duration, Instant},
};

use anyhow::{Context as _, ensure};

use super::relay::Relay;
use crate::{
    installation::{CommandOutput, TestInstallation},
    invariants,
};

/// Not the address that the stranger has, nor the one by which a server asks itself how it is.
pub(super) const ADDRESS: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 5);

/// Bytes that are sent each time.
const LEN: usize = 1 << 20;

/// How long what was revoked may stay, whatever the machine.
const GONE_IN: Duration = Duration::from_secs(30);

/// One thing that they wanted.
#[derive(Debug, Clone)]
pub(super) struct Step {
    pub(super) took: Duration,
    /// The errors that they got.
    pub(super) failed: Option<String>,
}

/// They reach the server through a relay, which gives them their address.
#[derive(Debug)]
pub(super) struct Honest {
    relay: Relay,
    revokes: bool,
    rounds: AtomicUsize,
}

impl Honest {
    /// An honest user, who also revokes what they sent if `revokes`.
    pub(super) async fn at(setup: &TestInstallation, revokes: bool) -> anyhow::Result<Self> {
        Ok(Self {
            revokes,
            relay: Relay::start(ADDRESS, setup.listen()).await?,
            rounds: AtomicUsize::new(0),
        })
    }

    /// Sends a file, looks at its link, receives it, compares, and may take it back. A step that fails ends the round.
    pub(super) async fn round(&self, setup: &TestInstallation) -> Vec<Step> {
        let n = self.rounds.fetch_add(1, Ordering::Relaxed);
        let mut steps = Vec::new();
        if let Err(failed) = self.steps(setup, n, &mut steps).await {
            steps.push(Step {
                took: Duration::ZERO,
                failed: Some(format!("{failed:#}")),
            });
        }
        steps
    }

    async fn steps(&self, setup: &TestInstallation, n: usize, steps: &mut Vec<Step>) -> anyhow::Result<()> {
        let mut content = vec![0; LEN];
        getrandom::fill(&mut content)?;
        let name = format!("honest-{n}.bin");
        std::fs::write(setup.path(&name), &content)?;
        let link = self.say(setup, &["send", &name], steps).await?;
        let link = link.trim();
        self.say(setup, &["info", link], steps).await?;
        let got = format!("got-{n}");
        self.say(setup, &["receive", link, "-o", &got], steps).await?;
        ensure!(
            find(&setup.path(&got), &name).context("nothing was received")? == content,
            "other bytes were received"
        );
        if self.revokes {
            self.take_back(setup, link, steps).await?;
        }
        Ok(())
    }

    /// One step until its bytes are gone from the bucket.
    async fn take_back(&self, setup: &TestInstallation, link: &str, steps: &mut Vec<Step>) -> anyhow::Result<()> {
        let begun = Instant::now();
        self.say(setup, &["revoke", link], &mut Vec::new()).await?;
        while !invariants::stored(setup).await?.0.is_empty() {
            ensure!(begun.elapsed() < GONE_IN, "what was revoked is still there");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        steps.push(Step {
            took: begun.elapsed(),
            failed: None,
        });
        Ok(())
    }

    async fn say(&self, setup: &TestInstallation, arguments: &[&str], steps: &mut Vec<Step>) -> anyhow::Result<String> {
        let command = setup.cli(&self.relay.address(), arguments)?;
        let begun = Instant::now();
        let mut command = tokio::process::Command::from(command);
        let said: CommandOutput = command.stdin(Stdio::null()).kill_on_drop(true).output().await?.into();
        let out = said.out_of(arguments[0])?.to_owned();
        steps.push(Step {
            took: begun.elapsed(),
            failed: None,
        });
        Ok(out)
    }
}

/// A file of that name in the folder, or in a folder in it.
fn find(folder: &std::path::Path, name: &str) -> Option<Vec<u8>> {
    if let Ok(found) = std::fs::read(folder.join(name)) {
        return Some(found);
    }
    let entries = std::fs::read_dir(folder).ok()?;
    entries
        .flatten()
        .find_map(|entry| std::fs::read(entry.path().join(name)).ok())
}
