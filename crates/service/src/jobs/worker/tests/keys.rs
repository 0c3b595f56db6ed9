//! Keys: one job as long as it waits, another one once it runs.

use sealdrop_api::ProblemType;

use super::{Db, Env, Log, Pause, job, on_both_databases, run_due, start};
use crate::{
    audit::Operator,
    jobs::{
        kind::Kind,
        queue::{JobChange, JobQueue, enqueue},
    },
};

on_both_databases!(
    j37_what_is_asked_for_during_a_run_runs_again,
    j37_jobs_of_one_key_are_one_while_they_wait,
    j37_a_dead_job_frees_its_key,
    j37_a_job_that_fails_makes_way_for_the_next_of_its_key,
);

fn keyed(payload: u32) -> crate::jobs::queue::NewJob {
    job("keyed", payload).with_key("K")
}

async fn j37_what_is_asked_for_during_a_run_runs_again(env: Env) {
    let (log, pause) = (Log::default(), Pause::default());
    env.enqueue(keyed(1)).await;
    let running = start(&env.worker(vec![pause.kind("keyed", &log)])).await;
    // It has read what it works on.
    pause.reached.notified().await;
    env.enqueue(keyed(2)).await;
    let other = env.another(vec![log.kind("keyed")]).await;
    assert!(other.claim().await.expect("it looks").is_none(), "both at once");
    pause.go_on.notify_one();
    running.await.expect("it ends");
    assert_eq!((run_due(&other).await, log.read()), (1, vec![1, 2]));
}

async fn j37_jobs_of_one_key_are_one_while_they_wait(env: Env) {
    let log = Log::default();
    for payload in [1, 2, 3] {
        env.enqueue(keyed(payload)).await;
    }
    env.enqueue(job("keyed", 4).with_key("another")).await;
    env.enqueue(job("other", 5).with_key("K")).await;
    let worker = env.worker(vec![log.kind("keyed"), log.kind("other")]);
    assert_eq!((run_due(&worker).await, log.read()), (3, vec![3, 4, 5]));
    // Without a key each is one of its own.
    for payload in [6, 6] {
        env.enqueue(job("keyed", payload)).await;
    }
    assert_eq!(run_due(&worker).await, 2);
}

async fn j37_a_dead_job_frees_its_key(env: Env) {
    let log = Log::default();
    env.enqueue(keyed(1)).await;
    env.sql("UPDATE jobs SET tries = 9").await;
    let poison = Kind::once("keyed", |_, _: u32| async { Err(ProblemType::Unavailable.into()) });
    assert_eq!(run_due(&env.worker(vec![poison])).await, 1);
    assert_eq!(env.state("keyed").await, ("dead".to_owned(), 10));
    env.enqueue(keyed(2)).await;
    // The dead one cannot come back while the new one waits.
    let queue = JobQueue::open(&env.config.database, Operator::unknown()).await;
    let queue = queue.expect("it opens");
    let dead = queue.list().await.expect("listed").remove(0);
    assert_eq!(queue.retry(dead.id).await.expect("asked"), JobChange::AnotherWaits);
    assert_eq!(
        (run_due(&env.worker(vec![log.kind("keyed")])).await, log.read()),
        (1, vec![2])
    );
    let states: Vec<_> = env.rows("keyed").await.into_iter().map(|row| row.state).collect();
    assert_eq!(states, ["dead", "done"]);
}

/// What fails while its key waits again hands its tries over: asked for again and again, it dies all the same.
async fn j37_a_job_that_fails_makes_way_for_the_next_of_its_key(env: Env) {
    let service = env.service.clone();
    let poison = Kind::once("keyed", move |_, payload: u32| {
        let service = service.clone();
        async move {
            let tx = service.inner.store.write().await?;
            enqueue(&tx, keyed(payload + 1)).await?;
            tx.commit().await?;
            Err(ProblemType::Unavailable.into())
        }
    });
    env.enqueue(keyed(1)).await;
    let worker = env.worker(vec![poison]);
    let (claim, kind) = worker.claim().await.expect("it is claimed").expect("a job is due");
    worker
        .work(claim, kind, &tokio_util::sync::CancellationToken::new())
        .await;
    let rows = env.rows("keyed").await;
    let seen: Vec<_> = rows.iter().map(|row| (row.state.as_str(), row.tries)).collect();
    assert_eq!(seen, [("done", 1), ("waiting", 1)]);
    for _ in 2..=10 {
        let (claim, kind) = worker.claim().await.expect("it is claimed").expect("a job is due");
        worker
            .work(claim, kind, &tokio_util::sync::CancellationToken::new())
            .await;
    }
    let rows = env.rows("keyed").await;
    let dead: Vec<_> = rows
        .iter()
        .filter(|row| row.state == "dead")
        .map(|row| row.tries)
        .collect();
    assert_eq!(dead, [10]);
    assert_eq!(
        rows.last().map(|row| (row.state.as_str(), row.tries)),
        Some(("waiting", 0))
    );
}

/// A transaction that asks for what waits already: a worker does not run it before that transaction has ended. SQLite has one writer.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn j37_what_a_transaction_asks_for_waits_for_its_end() {
    let env = Env::new(Db::Postgres).await;
    let log = Log::default();
    env.enqueue(keyed(1)).await;
    let worker = env.worker(vec![log.kind("keyed")]);
    let tx = env.service.inner.store.write().await.expect("a transaction");
    enqueue(&tx, keyed(2)).await.expect("it is asked for");
    assert_eq!(run_due(&worker).await, 0, "what the transaction does is not seen yet");
    tx.commit().await.expect("committed");
    assert_eq!((run_due(&worker).await, log.read()), (1, vec![2]));
}
