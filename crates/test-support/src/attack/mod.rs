//! What one stranger can do to a server with the defaults while an honest person sends and receives beside them. An attack
//! is bounded in count and time; [`run`] says what it cost both of them and the server.

mod case;
mod cases;
mod honest;
mod relay;
mod report;
mod stranger;

use std::{
    path::PathBuf,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context as _, ensure};
pub use case::{Aged, Attack};
pub use report::{Cost, Outcome};
pub use stranger::Stranger;

use crate::installation::TestInstallation;
use honest::{Honest, Step};

/// What an attack must have ended by; it is ended then.
const ATTACK_MOST: Duration = Duration::from_secs(30);

/// Rounds of honest work (send, look, receive) without an attack, and the fewest beside one.
const ROUNDS: usize = 3;

/// All of them.
#[must_use]
pub fn attacks() -> Vec<Attack> {
    vec![
        cases::promised_room::ATTACK,
        cases::guesses::ATTACK,
        cases::slow_bodies::BODIES,
        cases::slow_bodies::READERS,
        cases::idle_connections::ATTACK,
        cases::one_writer::ATTACK,
        cases::begun_uploads::ATTACK,
        cases::bodies::ATTACK,
        cases::idle_rows::ATTACK,
        cases::cross_site::ATTACK,
        cases::signed_parts::ATTACK,
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
