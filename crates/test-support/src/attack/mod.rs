//! What one stranger can do to a server with the defaults while an honest person sends and receives beside them. An attack
//! is bounded in count and time; [`run`] says what it cost both of them and the server.

pub(crate) mod attacks;
mod honest;
mod relay;
mod report;
mod reserve;
mod stranger;

use std::{
    path::PathBuf,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context as _, ensure};
use futures::future::BoxFuture;
pub use report::{Cost, Outcome};
pub use stranger::Stranger;

use crate::installation::TestInstallation;
use honest::{Honest, Step};

/// What an attack must have ended by; it is ended then.
const ATTACK_MOST: Duration = Duration::from_secs(30);

/// Rounds of honest work (send, look, receive) without an attack, and the fewest beside one.
const ROUNDS: usize = 3;

/// Writes into the books of a setup whose server does not run.
pub type Aged = fn(&TestInstallation) -> BoxFuture<'_, anyhow::Result<()>>;

/// One way to shut out everybody else. It answers what it did and was told, for the table.
#[derive(Clone, Copy)]
pub struct Attack {
    /// The row of `docs/design/faults.md`, such as `N01`.
    pub row: &'static str,
    /// In a few words.
    pub name: &'static str,
    /// What was left in the books long ago. Then what honest people take back must be gone from the bucket in time as well.
    pub aged: Option<Aged>,
    /// Does it, within five to ten seconds.
    pub run: fn(Arc<Stranger>) -> BoxFuture<'static, anyhow::Result<String>>,
}

impl std::fmt::Debug for Attack {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.row, self.name)
    }
}

/// All of them.
#[must_use]
pub fn attacks() -> Vec<Attack> {
    vec![
        attacks::promised_room::ATTACK,
        attacks::guesses::ATTACK,
        attacks::slow_bodies::BODIES,
        attacks::slow_bodies::READERS,
        attacks::idle_connections::ATTACK,
        attacks::one_writer::ATTACK,
        attacks::begun_uploads::ATTACK,
        attacks::bodies::ATTACK,
        attacks::idle_rows::ATTACK,
        attacks::cross_site::ATTACK,
        attacks::signed_parts::ATTACK,
    ]
}

/// One attack on a server of its own: honest work before it, beside it and after it, each piece within that time.
///
/// # Errors
/// If the server or an honest person's tools cannot be started. That honest work fails is part of the answer.
pub async fn run(attack: Attack, server: Option<PathBuf>, within: Duration) -> anyhow::Result<Outcome> {
    let mut setup = TestInstallation::new(None)?.of_server(server);
    setup.start(None)?;
    let stranger = Arc::new(Stranger::of(&setup)?);
    stranger.wait_until_ready().await?;
    let honest = Honest::at(&setup, attack.aged.is_some()).await?;
    let mut before = Vec::new();
    for _ in 0..ROUNDS {
        before.extend(honest.round(&setup).await);
    }
    ensure!(
        before.iter().all(|step| step.failed.is_none()),
        "honest work fails without an attack: {before:?}"
    );
    if let Some(aged) = attack.aged {
        setup.stop()?;
        aged(&setup).await?;
        // It meets all of it at its start.
        setup.start(None)?;
        stranger.wait_until_ready().await?;
    }
    let attacking = tokio::spawn(tokio::time::timeout(ATTACK_MOST, (attack.run)(stranger)));
    let begun = Instant::now();
    let mut beside: Vec<Step> = Vec::new();
    let mut rounds = 0;
    while rounds < ROUNDS || !attacking.is_finished() {
        beside.extend(honest.round(&setup).await);
        rounds += 1;
    }
    let said = match attacking.await.context("the attack ended badly")? {
        Ok(said) => said?,
        Err(_) => format!("ended after {} s", ATTACK_MOST.as_secs()),
    };
    let took = begun.elapsed();
    // What it left behind must not stand in anybody's way either.
    beside.extend(honest.round(&setup).await);
    let cost = Cost::of(&setup)?;
    setup.stop()?;
    Ok(Outcome::of(attack, &before, &beside, within, cost, took, said))
}
