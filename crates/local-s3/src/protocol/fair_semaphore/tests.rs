use std::net::Ipv4Addr;

use anyhow::ensure;

use super::*;
use crate::client::Client;

const LONG: Duration = Duration::from_secs(600);

fn share(most: usize) -> Limits {
    Limits {
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

/// Whether it waits: one look is enough, for a permit that can be had is given immediately.
async fn waits(semaphore: &Arc<FairSemaphore>, who: &Claimant) -> bool {
    let mut taking = std::pin::pin!(semaphore.acquire(who));
    futures::poll!(&mut taking).is_pending()
}

#[tokio::test]
async fn n03_who_has_them_all_gives_the_slowest_up() -> anyhow::Result<()> {
    let semaphore = FairSemaphore::new(share(3));
    let (quick, slow, quicker) = (
        semaphore.acquire(&who(1, "a")).await?,
        semaphore.acquire(&who(1, "b")).await?,
        semaphore.acquire(&who(1, "c")).await?,
    );
    quick.moved(2_000);
    slow.moved(1_000);
    quicker.moved(3_000);
    let _other = semaphore.acquire(&who(2, "d")).await?;
    slow.revoked().await;
    ensure!(!quick.is_revoked() && !quicker.is_revoked());
    // Two and one are shares as even as can be: the next client waits.
    let again = tokio::time::timeout(Duration::from_millis(50), semaphore.acquire(&who(2, "e"))).await;
    ensure!(again.is_err() && !quick.is_revoked() && !quicker.is_revoked());
    Ok(())
}

#[tokio::test]
async fn n03_of_one_client_objects_share() -> anyhow::Result<()> {
    let semaphore = FairSemaphore::new(share(2));
    let (first, second) = (
        semaphore.acquire(&who(1, "a")).await?,
        semaphore.acquire(&who(1, "a")).await?,
    );
    first.moved(1_000);
    let _other = semaphore.acquire(&who(1, "b")).await?;
    ensure!(second.is_revoked() && !first.is_revoked());
    Ok(())
}

#[tokio::test]
async fn n03_who_has_least_is_next() -> anyhow::Result<()> {
    let mut patient = share(2);
    patient.patience = LONG;
    let semaphore = FairSemaphore::new(patient);
    let (held, freed) = (
        semaphore.acquire(&who(1, "a")).await?,
        semaphore.acquire(&who(1, "a")).await?,
    );
    let (same, other) = (who(1, "a"), who(2, "b"));
    let mut same = std::pin::pin!(semaphore.acquire(&same));
    ensure!(futures::poll!(&mut same).is_pending());
    let mut other = std::pin::pin!(semaphore.acquire(&other));
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
    let semaphore = FairSemaphore::new(few);
    let at = |address: &str| Claimant {
        address: Some(address.into()),
        ..who(1, "a")
    };
    let held = (semaphore.acquire(&at("s")).await?, semaphore.acquire(&at("s")).await?);
    ensure!(waits(&semaphore, &at("s")).await, "a third one at the same time");
    ensure!(!waits(&semaphore, &at("t")).await && !waits(&semaphore, &who(1, "a")).await);
    drop(held);
    ensure!(!waits(&semaphore, &at("s")).await);
    Ok(())
}

/// However many clients they are: each has one permit, and no client more than its share.
#[tokio::test]
async fn n03_who_crawls_or_stops_makes_room() -> anyhow::Result<()> {
    let mut crowded = share(2);
    (crowded.slow, crowded.slow_start) = (1_000, Duration::ZERO);
    let semaphore = FairSemaphore::new(crowded);
    let (crawls, goes) = (
        semaphore.acquire(&who(1, "a")).await?,
        semaphore.acquire(&who(2, "b")).await?,
    );
    crawls.moved(999);
    goes.moved(1_000_000);
    let third = semaphore.acquire(&who(3, "c")).await?;
    third.moved(1_000_000);
    ensure!(crawls.is_revoked() && !goes.is_revoked());
    let mut stopped = share(1);
    stopped.idle = Duration::ZERO;
    let semaphore = FairSemaphore::new(stopped);
    let stopped = semaphore.acquire(&who(1, "a")).await?;
    let _next = semaphore.acquire(&who(1, "a")).await?;
    ensure!(stopped.is_revoked());
    Ok(())
}

#[tokio::test]
async fn n03_nobody_lines_up_without_end() -> anyhow::Result<()> {
    let semaphore = FairSemaphore::new(share(1));
    let _held = semaphore.acquire(&who(1, "a")).await?;
    let mut line: Vec<_> = Vec::new();
    for _ in 0..WAITING_FOR_A_PERMIT {
        line.push(semaphore.enqueue(&who(1, "a")));
    }
    ensure!(line.iter().all(Option::is_some) && semaphore.enqueue(&who(1, "a")).is_none());
    ensure!(semaphore.enqueue(&who(2, "a")).is_some(), "others do");
    line.pop();
    ensure!(semaphore.enqueue(&who(1, "a")).is_some(), "who left makes room");
    Ok(())
}

/// A request that ends while it waits, or just as it is given its permit.
#[tokio::test]
async fn n03_no_turn_is_lost_to_nobody() -> anyhow::Result<()> {
    let semaphore = FairSemaphore::new(share(1));
    let held = semaphore.acquire(&who(1, "a")).await?;
    let (gone, given) = (semaphore.enqueue(&who(2, "b")), semaphore.enqueue(&who(2, "b")));
    drop(gone);
    drop(held);
    drop(given);
    ensure!(!waits(&semaphore, &who(3, "c")).await);
    ensure!(semaphore.lock().held.is_empty() && semaphore.lock().waiting.is_empty());
    Ok(())
}
