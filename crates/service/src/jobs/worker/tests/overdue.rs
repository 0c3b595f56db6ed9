//! Nothing keeps periodic jobs waiting without a word: no worker at all, or workers that are full.

use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use axum::http::StatusCode;
use tokio::{sync::Semaphore, task::JoinSet};
use tokio_util::sync::CancellationToken;

use super::{Env, Log, Pause, job, on_both_databases, run_due};
use crate::jobs::{forget_jobs, kind::Kind, queue::announce_periodic, reap, worker::pool::AT_ONCE};

on_both_databases!(
    j39_periodic_jobs_that_nothing_runs_are_named,
    j39_jobs_that_wait_leave_room_for_periodic_ones,
    j39_a_bucket_that_does_not_answer_ends_a_batch,
);

async fn j39_periodic_jobs_that_nothing_runs_are_named(env: Env) {
    let kinds = [forget_jobs::kind(), reap::links(Duration::from_secs(60))];
    // As a server does that leaves jobs to another process. A second start changes nothing.
    for _ in 0..2 {
        let announced = announce_periodic(&env.service.inner.store, Kind::periods(&kinds)).await;
        announced.expect("they are announced");
        env.pass(300).await;
    }
    let overdue = async || env.service.readiness().await.overdue_jobs;
    env.pass(-1).await;
    assert_eq!(overdue().await, [""; 0], "a second less than ten minutes");
    env.pass(1).await;
    assert_eq!(overdue().await, ["forget_jobs", "reap_links"]);
    let worker = env.worker(kinds.to_vec());
    assert_eq!(run_due(&worker).await, 2);
    assert_eq!(overdue().await, [""; 0]);
    // The last worker died while it ran one.
    env.pass(60).await;
    let _killed = worker.claim().await.expect("it is claimed").expect("a job is due");
    env.pass(11 * 60).await;
    assert_eq!(overdue().await, ["reap_links"]);
}

async fn j39_jobs_that_wait_leave_room_for_periodic_ones(env: Env) {
    let (log, pause) = (Log::default(), Pause::default());
    let ticks = {
        let log = log.clone();
        Kind::every("ticks", Duration::from_secs(60), move |_| {
            log.note(100);
            async { Ok(()) }
        })
    };
    let worker = env.worker(vec![pause.kind("waits", &log), ticks]);
    let more = u32::try_from(AT_ONCE).expect("a few") + 1;
    for number in 1..=more {
        env.enqueue(job("waits", number)).await;
    }
    let (mut running, stop) = (JoinSet::new(), CancellationToken::new());
    let places = Arc::new(Semaphore::new(AT_ONCE));
    worker
        .fill(&mut running, &places, &stop)
        .await
        .expect("they are claimed");
    assert_eq!(running.len(), AT_ONCE, "no more of them at once");
    worker.keep_periodic().await.expect("it is made");
    worker.fill(&mut running, &places, &stop).await.expect("it is claimed");
    running.join_next().await.expect("one runs").expect("it ends");
    assert!(
        log.read().contains(&100),
        "the periodic one did not run: {:?}",
        log.read()
    );
    assert!(!log.read().contains(&more), "one more than there are places for");
    stop.cancel();
    while running.join_next().await.is_some() {}
}

async fn j39_a_bucket_that_does_not_answer_ends_a_batch(env: Env) {
    let [object, hash] = if matches!(env.service.inner.store.backend(), sea_orm::DbBackend::Postgres) {
        [
            "decode(md5(n::text), 'hex')",
            "decode(md5(n::text) || md5(n::text), 'hex')",
        ]
    } else {
        ["randomblob(16)", "randomblob(32)"]
    };
    env.sql(&format!(
        "WITH RECURSIVE many(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM many WHERE n < 100) \
         INSERT INTO uploads (object_id, token_hash, key, part_len, reserved_len, state, created_at, touched_at) \
         SELECT {object}, {hash}, 'o/' || n, 10485760, 5, 'deleting', 1, 1 FROM many"
    ))
    .await;
    let worker = env.worker(vec![reap::links(Duration::from_secs(60))]);
    // One that refuses answers at once: each object is tried, for one that is locked must not keep the others.
    env.bucket.answer_with(StatusCode::FORBIDDEN);
    let asked = async || {
        worker.keep_periodic().await.expect("it is made");
        let before = env.bucket.asked.load(Ordering::SeqCst);
        assert_eq!(run_due(&worker).await, 1);
        env.pass(60).await;
        env.bucket.asked.load(Ordering::SeqCst) - before
    };
    assert!(asked().await >= 100, "every object");
    env.bucket.answer_with(StatusCode::SERVICE_UNAVAILABLE);
    // Three attempts for each of two times eight.
    assert!(asked().await <= 48, "a pass that lasts for hours");
}
