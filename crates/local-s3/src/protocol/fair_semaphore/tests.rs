use std::net::Ipv4Addr;

use anyhow::ensure;

use super::*;

const LONG: Duration = Duration::from_secs(600);

fn share(most: usize) -> Share {
    Share {
        most,
        of_one_address: 100,
        max_wait: LONG,
        patience: Duration::from_millis(1),
        idle: LONG,
        slow: 0,
        slow_start: LONG,
    }
}

fn who(client: u8, object: &str) -> Claimant {
    Claimant {
        client: Some(Client(Ipv4Addr::new(192, 0, 2, client).into())),
        object: object.into(),
        address: None,
    }
}

/// Whether it waits: one look is enough, for a turn that can be had is given at once.
async fn waits(turns: &Arc<Turns>, who: &Claimant) -> bool {
    let mut taking = std::pin::pin!(turns.take(who));
    futures::poll!(&mut taking).is_pending()
}

#[tokio::test]
async fn n03_who_has_them_all_gives_the_slowest_up() -> anyhow::Result<()> {
    let turns = Turns::new(share(3));
    let (quick, slow, quicker) = (
        turns.take(&who(1, "a")).await?,
        turns.take(&who(1, "b")).await?,
        turns.take(&who(1, "c")).await?,
    );
    quick.moved(2_000);
    slow.moved(1_000);
    quicker.moved(3_000);
    let _other = turns.take(&who(2, "d")).await?;
    slow.lost().await;
    ensure!(!quick.is_lost() && !quicker.is_lost());
    // Two and one are shares as even as can be: whoever comes now waits.
    let again = tokio::time::timeout(Duration::from_millis(50), turns.take(&who(2, "e"))).await;
    ensure!(again.is_err() && !quick.is_lost() && !quicker.is_lost());
    Ok(())
}

#[tokio::test]
async fn n03_of_one_client_objects_share() -> anyhow::Result<()> {
    let turns = Turns::new(share(2));
    let (first, second) = (turns.take(&who(1, "a")).await?, turns.take(&who(1, "a")).await?);
    first.moved(1_000);
    let _other = turns.take(&who(1, "b")).await?;
    ensure!(second.is_lost() && !first.is_lost());
    Ok(())
}

#[tokio::test]
async fn n03_who_has_least_is_next() -> anyhow::Result<()> {
    let mut patient = share(2);
    patient.patience = LONG;
    let turns = Turns::new(patient);
    let (held, freed) = (turns.take(&who(1, "a")).await?, turns.take(&who(1, "a")).await?);
    let (same, other) = (who(1, "a"), who(2, "b"));
    let mut same = std::pin::pin!(turns.take(&same));
    ensure!(futures::poll!(&mut same).is_pending());
    let mut other = std::pin::pin!(turns.take(&other));
    ensure!(futures::poll!(&mut other).is_pending());
    drop(freed);
    let given = other.await?;
    ensure!(futures::poll!(&mut same).is_pending(), "who came first has one");
    drop((held, given));
    let _same = same.await?;
    Ok(())
}

#[tokio::test]
async fn n03_one_address_has_few() -> anyhow::Result<()> {
    let mut few = share(8);
    few.of_one_address = 2;
    let turns = Turns::new(few);
    let at = |address: &str| Claimant {
        address: Some(address.into()),
        ..who(1, "a")
    };
    let held = (turns.take(&at("s")).await?, turns.take(&at("s")).await?);
    ensure!(waits(&turns, &at("s")).await, "a third one at once");
    ensure!(!waits(&turns, &at("t")).await && !waits(&turns, &who(1, "a")).await);
    drop(held);
    ensure!(!waits(&turns, &at("s")).await);
    Ok(())
}

/// However many clients they are: each has one turn, and nobody more than a share.
#[tokio::test]
async fn n03_who_crawls_or_stops_makes_room() -> anyhow::Result<()> {
    let mut crowded = share(2);
    (crowded.slow, crowded.slow_start) = (1_000, Duration::ZERO);
    let turns = Turns::new(crowded);
    let (crawls, goes) = (turns.take(&who(1, "a")).await?, turns.take(&who(2, "b")).await?);
    crawls.moved(999);
    goes.moved(1_000_000);
    let third = turns.take(&who(3, "c")).await?;
    third.moved(1_000_000);
    ensure!(crawls.is_lost() && !goes.is_lost());
    let mut stopped = share(1);
    stopped.idle = Duration::ZERO;
    let turns = Turns::new(stopped);
    let stopped = turns.take(&who(1, "a")).await?;
    let _next = turns.take(&who(1, "a")).await?;
    ensure!(stopped.is_lost());
    Ok(())
}

#[tokio::test]
async fn n03_nobody_lines_up_without_end() -> anyhow::Result<()> {
    let turns = Turns::new(share(1));
    let _held = turns.take(&who(1, "a")).await?;
    let mut line: Vec<_> = Vec::new();
    for _ in 0..WAITING_FOR_A_TURN {
        line.push(turns.line_up(&who(1, "a")));
    }
    ensure!(line.iter().all(Option::is_some) && turns.line_up(&who(1, "a")).is_none());
    ensure!(turns.line_up(&who(2, "a")).is_some(), "others do");
    line.pop();
    ensure!(turns.line_up(&who(1, "a")).is_some(), "who left makes room");
    Ok(())
}

/// A request that ends while it waits, or just as it is given its turn.
#[tokio::test]
async fn n03_no_turn_is_lost_to_nobody() -> anyhow::Result<()> {
    let turns = Turns::new(share(1));
    let held = turns.take(&who(1, "a")).await?;
    let (gone, given) = (turns.line_up(&who(2, "b")), turns.line_up(&who(2, "b")));
    drop(gone);
    drop(held);
    drop(given);
    ensure!(!waits(&turns, &who(3, "c")).await);
    ensure!(turns.lock().held.is_empty() && turns.lock().waiting.is_empty());
    Ok(())
}
