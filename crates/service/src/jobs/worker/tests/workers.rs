//! Whole workers: several at once, one that is killed, one that is told to stop.

use std::{collections::BTreeMap, sync::Arc};

use tokio::sync::{Notify, Semaphore};
use tokio_util::sync::CancellationToken;

use super::{Env, Log, PATIENCE, Pause, job, on_both_databases, run_due};
use crate::jobs::kind::Kind;

on_both_databases!(
    o07_three_workers_one_killed_every_effect_once,
    a_claim_is_given_back_at_stop,
    o08_a_worker_goes_on_after_a_panic,
);

const JOBS: u32 = 60;

/// A job's effect is the row that follows it.
fn effect(begun: &Log) -> Kind {
    let begun = begun.clone();
    Kind::once("effect", move |_, payload: u32| {
        begun.note(payload);
        async move { Ok(Some(job("effected", payload))) }
    })
}

async fn o07_three_workers_one_killed_every_effect_once(env: Env) {
    let log = Log::default();
    for number in 0..JOBS {
        env.enqueue(job("effect", number)).await;
    }
    // One takes all that it can, and dies with them.
    let reached = Arc::new(Semaphore::new(0));
    let hangs = {
        let (reached, log) = (Arc::clone(&reached), log.clone());
        Kind::once("effect", move |_, payload: u32| {
            log.note(payload);
            reached.add_permits(1);
            std::future::pending()
        })
    };
    let first = env.worker(vec![hangs]);
    let running = tokio::spawn(async move { first.run(&CancellationToken::new()).await });
    let held = reached.acquire_many(4).await.expect("it is open");
    held.forget();
    running.abort();
    assert!(running.await.expect_err("it is killed").is_cancelled());
    let (second, third) = (
        env.another(vec![effect(&log)]).await,
        env.another(vec![effect(&log)]).await,
    );
    let both = async || {
        let (one, other) = tokio::join!(run_due(&second), run_due(&third));
        // On Postgres one may skip a row that the other is just looking at.
        one + other + run_due(&second).await
    };
    assert_eq!(both().await, JOBS as usize - 4);
    assert_eq!(env.number("SELECT COUNT(*) FROM jobs WHERE state = 'running'").await, 4);
    env.pass(20).await;
    assert_eq!(both().await, 4, "what it held is not lost");
    let mut effects: BTreeMap<String, u32> = BTreeMap::new();
    for row in env.rows("effected").await {
        *effects.entry(row.payload).or_default() += 1;
    }
    assert_eq!(effects.len(), JOBS as usize);
    assert!(effects.values().all(|times| *times == 1), "{effects:?}");
    assert_eq!(log.read().len(), JOBS as usize + 4);
    let left = "SELECT COUNT(*) FROM jobs WHERE kind = 'effect' AND state <> 'done'";
    assert_eq!(env.number(left).await, 0);
}

async fn a_claim_is_given_back_at_stop(env: Env) {
    let (log, pause) = (Log::default(), Pause::default());
    env.enqueue(job("slow", 1)).await;
    let worker = env.worker(vec![pause.kind("slow", &log)]);
    let stop = CancellationToken::new();
    let running = {
        let stop = stop.clone();
        tokio::spawn(async move { worker.run(&stop).await })
    };
    pause.reached.notified().await;
    assert_eq!(env.state("slow").await, ("running".to_owned(), 1));
    stop.cancel();
    running.await.expect("it ends");
    assert_eq!(
        env.state("slow").await,
        ("waiting".to_owned(), 0),
        "the try does not count"
    );
    let other = env.another(vec![log.kind("slow")]).await;
    assert_eq!((run_due(&other).await, log.read()), (1, vec![1, 1]));
}

async fn o08_a_worker_goes_on_after_a_panic(env: Env) {
    let done = Arc::new(Notify::new());
    let panics = Kind::once("panics", |_, payload: u32| async move {
        assert_eq!(payload, 0);
        Ok(None)
    });
    let other = {
        let done = Arc::clone(&done);
        Kind::once("other", move |_, _: u32| {
            done.notify_one();
            async { Ok(None) }
        })
    };
    let worker = env.worker(vec![panics, other]);
    for number in 1..=5 {
        env.enqueue(job("panics", number)).await;
    }
    let stop = CancellationToken::new();
    let running = {
        let stop = stop.clone();
        tokio::spawn(async move { worker.run(&stop).await })
    };
    env.enqueue(job("other", 1)).await;
    env.service.inner.wake.wake();
    let noted = tokio::time::timeout(PATIENCE, done.notified()).await;
    noted.expect("the others go on");
    env.until("SELECT COUNT(*) / 5 FROM jobs WHERE kind = 'panics' AND state = 'waiting' AND tries = 1")
        .await;
    stop.cancel();
    running.await.expect("it ends");
}
