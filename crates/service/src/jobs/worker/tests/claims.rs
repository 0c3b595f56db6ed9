//! Leases and tokens: whose result counts, by which clock.

use std::time::Duration;

use time::OffsetDateTime;

use super::{Env, Log, PATIENCE, Pause, job, on_both_databases, run_due, start};
use crate::{
    clock::{Clock, SystemClock},
    jobs::{
        kind::Kind,
        queue::{self, Ended},
        worker::run::Over,
    },
};

on_both_databases!(
    j35_another_processes_clock_takes_no_live_lease,
    j35_a_lost_claim_changes_nothing,
    j35_a_clock_that_is_set_back_holds_nothing_up,
    j35_a_job_that_runs_keeps_its_lease,
    j35_a_job_whose_claim_is_lost_is_cut_off,
    j38_fifty_that_add_and_claim_wait_for_each_other,
    jobs_of_another_version_are_left_to_it,
);

/// A process whose clock is ahead by ten minutes.
struct Ahead;

impl Clock for Ahead {
    fn now(&self) -> OffsetDateTime {
        SystemClock.now() + time::Duration::minutes(10)
    }

    fn elapsed(&self) -> Duration {
        SystemClock.elapsed()
    }
}

async fn j35_another_processes_clock_takes_no_live_lease(env: Env) {
    let (log, pause) = (Log::default(), Pause::default());
    env.enqueue(job("slow", 1)).await;
    let running = start(&env.worker(vec![pause.kind("slow", &log)])).await;
    pause.reached.notified().await;
    let other = env.another_at(Ahead, vec![log.kind("slow")]).await;
    assert!(
        other.claim().await.expect("it looks").is_none(),
        "a live lease was taken"
    );
    pause.go_on.notify_one();
    running.await.expect("it ends");
    assert_eq!((log.read(), env.state("slow").await), (vec![1], ("done".to_owned(), 1)));
}

async fn j35_a_lost_claim_changes_nothing(env: Env) {
    let log = Log::default();
    env.enqueue(job("late", 1)).await;
    let (sleeper, other) = (
        env.worker(vec![log.kind("late")]),
        env.another(vec![log.kind("late")]).await,
    );
    let (claim, _) = sleeper.claim().await.expect("it is claimed").expect("a job is due");
    assert!(other.claim().await.expect("it looks").is_none());
    // It sleeps past its lease.
    env.pass(20).await;
    let (second, kind) = other.claim().await.expect("it is claimed").expect("the lease is over");
    assert_eq!(
        (claim.id, claim.tries, second.id, second.tries),
        (second.id, 1, claim.id, 2)
    );
    let store = &sleeper.service.inner.store;
    let before = env.rows("late").await;
    assert!(!queue::renew(store, &claim).await.expect("it asks"));
    assert_eq!(
        queue::put_back(store, &claim, "late").await.expect("it asks"),
        Ended::Lost
    );
    assert_eq!(queue::give_back(store, &claim).await.expect("it asks"), Ended::Lost);
    let late = Over::Returned(Ok(Some(job("follows", 1))));
    sleeper.note_end(&claim, late).await.expect("it is noted");
    assert_eq!(env.rows("late").await, before, "the other claim is as it was");
    assert!(queue::renew(store, &second).await.expect("it asks"));
    other
        .work(second, kind, &tokio_util::sync::CancellationToken::new())
        .await;
    let late = Over::Returned(Ok(Some(job("follows", 2))));
    sleeper.note_end(&claim, late).await.expect("it is noted");
    assert_eq!(env.state("late").await, ("done".to_owned(), 2));
    assert_eq!(env.rows("follows").await, [], "what followed a lost claim was added");
}

async fn j35_a_clock_that_is_set_back_holds_nothing_up(env: Env) {
    let log = Log::default();
    let fails = Kind::once("fails", |_, _: u32| async {
        Err(sealdrop_api::ProblemType::Unavailable.into())
    });
    let worker = env.worker(vec![fails, log.kind("due"), log.kind("held")]);
    env.enqueue(job("fails", 1)).await;
    assert_eq!(run_due(&worker).await, 1, "it waits for half a minute now");
    env.enqueue(job("held", 2)).await;
    // Its process ends.
    let _killed = worker.claim().await.expect("it is claimed").expect("a job is due");
    env.enqueue(job("due", 3)).await;
    env.pass(-3600).await;
    assert_eq!(run_due(&worker).await, 0, "the hour that the clock lost");
    worker.bring_back().await.expect("they are brought back");
    assert_eq!((run_due(&worker).await, log.read()), (1, vec![3]));
    env.pass(16).await;
    assert_eq!((run_due(&worker).await, log.read()), (1, vec![3, 2]));
    assert_eq!(env.state("fails").await, ("waiting".to_owned(), 1));
    env.pass(30).await;
    assert_eq!((run_due(&worker).await, env.state("fails").await.1), (1, 2));
}

async fn j35_a_job_that_runs_keeps_its_lease(env: Env) {
    let (log, pause) = (Log::default(), Pause::default());
    env.enqueue(job("slow", 1)).await;
    let mut worker = env.worker(vec![pause.kind("slow", &log)]);
    worker.renew_every = Duration::from_millis(1);
    let running = start(&worker).await;
    pause.reached.notified().await;
    for _ in 0..3 {
        env.sql("UPDATE jobs SET lease_until = written_at + 5000").await;
        env.until("SELECT COUNT(*) FROM jobs WHERE lease_until = written_at + 15000")
            .await;
    }
    pause.go_on.notify_one();
    running.await.expect("it ends");
    assert_eq!(env.state("slow").await, ("done".to_owned(), 1));
}

async fn j35_a_job_whose_claim_is_lost_is_cut_off(env: Env) {
    let (log, pause) = (Log::default(), Pause::default());
    env.enqueue(job("slow", 1)).await;
    let mut worker = env.worker(vec![pause.kind("slow", &log)]);
    worker.renew_every = Duration::from_millis(1);
    let running = start(&worker).await;
    pause.reached.notified().await;
    env.sql("UPDATE jobs SET claim = 'of another'").await;
    // It was not told to go on.
    let ended = tokio::time::timeout(PATIENCE, running).await.expect("it is cut off");
    ended.expect("it ends");
    assert_eq!(env.state("slow").await, ("running".to_owned(), 1));
}

/// Two processes, and no writer hears that the database is locked.
async fn j38_fifty_that_add_and_claim_wait_for_each_other(env: Env) {
    let log = Log::default();
    let workers = [
        env.worker(vec![log.kind("many")]),
        env.another(vec![log.kind("many")]).await,
    ];
    let tasks = (0..50).map(|number| {
        let worker = workers[number as usize % 2].clone();
        tokio::spawn(async move {
            let tx = worker.service.inner.store.write().await.expect("a transaction");
            // It reads before it writes: two that began so at once would stand in each other's way.
            queue::failed_kinds(&*tx).await.expect("it reads");
            queue::enqueue(&tx, job("many", number)).await.expect("it is added");
            tx.commit().await.expect("committed");
            run_due(&worker).await
        })
    });
    let mut ran = 0;
    for task in tasks.collect::<Vec<_>>() {
        ran += task.await.expect("no error");
    }
    // On Postgres the last may have skipped a row that another one was just looking at.
    ran += run_due(&workers[0]).await;
    let mut seen = log.read();
    seen.sort_unstable();
    assert_eq!((ran, seen), (50, (0..50).collect()));
}

async fn jobs_of_another_version_are_left_to_it(env: Env) {
    let log = Log::default();
    env.enqueue(job("of_the_next_version", 1)).await;
    env.enqueue(job("known", 2)).await;
    assert_eq!(run_due(&env.worker(vec![log.kind("known")])).await, 1);
    assert_eq!(env.state("of_the_next_version").await, ("waiting".to_owned(), 0));
}
