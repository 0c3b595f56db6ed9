//! Periodic jobs: they never die, never run twice at once, and make up for what they missed once.

use std::time::Duration;

use axum::http::StatusCode;

use super::{Env, Log, Pause, on_both_databases, run_due, start};
use crate::jobs::{kind::Kind, reap};

on_both_databases!(
    j34_a_reaper_that_fails_stays_turns_red_and_recovers,
    j34_missed_periods_run_once,
    j34_a_run_longer_than_its_period_is_alone,
    j34_a_worker_that_dies_does_not_end_it,
    a_start_runs_what_asks_for_it_and_nothing_else,
);

const MINUTE: Duration = Duration::from_secs(60);

fn ticks(log: &Log) -> Kind {
    let log = log.clone();
    Kind::every("ticks", MINUTE, move |_| {
        log.note(1);
        async { Ok(()) }
    })
}

async fn j34_a_reaper_that_fails_stays_turns_red_and_recovers(env: Env) {
    let [object, hash] = if matches!(env.service.inner.store.backend(), sea_orm::DbBackend::Postgres) {
        ["decode(md5('o'), 'hex')", "decode(md5('a') || md5('b'), 'hex')"]
    } else {
        ["randomblob(16)", "randomblob(32)"]
    };
    env.sql(&format!(
        "INSERT INTO uploads (object_id, token_hash, key, part_len, reserved_len, state, created_at, touched_at) \
         VALUES ({object}, {hash}, 'o/1', 10485760, 5, 'deleting', 1, 1)"
    ))
    .await;
    let worker = env.worker(vec![reap::links(MINUTE)]);
    worker.keep_periodic().await.expect("it is made");
    env.bucket.answer_with(StatusCode::FORBIDDEN);
    for round in 1..=12 {
        assert_eq!(run_due(&worker).await, 1, "round {round}");
        assert_eq!(env.state("reap_links").await, ("waiting".to_owned(), round));
        let failed = env.service.readiness().await.failed_jobs;
        let expected: &[&str] = if round >= 10 { &["reap_links"] } else { &[] };
        assert_eq!(failed, expected, "round {round}");
        assert_eq!(run_due(&worker).await, 0, "it waits");
        env.pass(60).await;
    }
    let error = env.rows("reap_links").await.remove(0).error.expect("why");
    assert!(error.contains("1 steps at the bucket failed"), "{error}");
    env.bucket.answer_with(StatusCode::OK);
    assert_eq!(run_due(&worker).await, 1, "it has waited for a period at most");
    let row = env.rows("reap_links").await.remove(0);
    assert_eq!((row.state.as_str(), row.tries, row.error), ("waiting", 0, None));
    assert_eq!(env.service.readiness().await.failed_jobs, [""; 0]);
    assert_eq!(
        env.number("SELECT COUNT(*) FROM uploads WHERE state = 'deleted'").await,
        1
    );
}

async fn j34_missed_periods_run_once(env: Env) {
    let log = Log::default();
    let worker = env.worker(vec![ticks(&log)]);
    worker.keep_periodic().await.expect("it is made");
    assert_eq!(run_due(&worker).await, 1, "a new one runs at once");
    env.pass(59).await;
    assert_eq!(run_due(&worker).await, 0);
    env.pass(1).await;
    assert_eq!(run_due(&worker).await, 1);
    env.pass(3 * 24 * 3600).await;
    assert_eq!(run_due(&worker).await, 1, "4,320 periods were missed");
    assert_eq!(log.read().len(), 3);
}

async fn j34_a_run_longer_than_its_period_is_alone(env: Env) {
    let (log, pause) = (Log::default(), Pause::default());
    let slow = {
        let (log, pause) = (log.clone(), pause.clone());
        Kind::every("ticks", Duration::from_secs(2), move |_| {
            let (log, pause) = (log.clone(), pause.clone());
            async move {
                log.note(2);
                pause.here().await;
                Ok(())
            }
        })
    };
    let worker = env.worker(vec![slow]);
    worker.keep_periodic().await.expect("it is made");
    let running = start(&worker).await;
    pause.reached.notified().await;
    let other = env.another(vec![ticks(&log).and_at_start()]).await;
    for _ in 0..3 {
        other.keep_periodic().await.expect("it is kept");
        env.pass(4).await;
        assert_eq!(run_due(&other).await, 0, "two at once");
    }
    pause.go_on.notify_one();
    running.await.expect("it ends");
    assert_eq!(log.read(), [2]);
    assert_eq!(env.state("ticks").await, ("waiting".to_owned(), 0));
}

async fn j34_a_worker_that_dies_does_not_end_it(env: Env) {
    let log = Log::default();
    let worker = env.worker(vec![ticks(&log)]);
    worker.keep_periodic().await.expect("it is made");
    for tries in 1..=13 {
        let (claim, _) = worker.claim().await.expect("it is claimed").expect("it is due");
        assert_eq!(claim.tries, tries);
        // Ten failures, not ten claims.
        let expected: &[&str] = if tries > 10 { &["ticks"] } else { &[] };
        assert_eq!(env.service.readiness().await.failed_jobs, expected, "claim {tries}");
        env.pass(20).await;
    }
    assert_eq!((run_due(&worker).await, log.read().len()), (1, 1));
    assert_eq!(env.service.readiness().await.failed_jobs, [""; 0]);
}

async fn a_start_runs_what_asks_for_it_and_nothing_else(env: Env) {
    let log = Log::default();
    let (asks, waits) = (
        env.worker(vec![ticks(&log).and_at_start()]),
        env.worker(vec![ticks(&log)]),
    );
    waits.keep_periodic().await.expect("it is made");
    assert_eq!(run_due(&waits).await, 1);
    waits.keep_periodic().await.expect("it is kept");
    assert_eq!(run_due(&waits).await, 0);
    asks.keep_periodic().await.expect("it is kept");
    assert_eq!(run_due(&asks).await, 1);
    assert_eq!(
        env.number("SELECT COUNT(*) FROM jobs").await,
        1,
        "one row for each kind"
    );
}
