//! What the metrics show of the queue.

use super::{Env, Log, job, on_both_databases, run_due};
use crate::{jobs::kind::Kind, metrics::Stats};

on_both_databases!(
    o30_jobs_are_counted_by_kind_and_state,
    o30_an_empty_database_counts_nothing,
);

async fn stats(env: &Env) -> Stats {
    env.service.stats().await.expect("it counts")
}

async fn o30_an_empty_database_counts_nothing(env: Env) {
    assert_eq!(stats(&env).await, Stats::default());
}

async fn o30_jobs_are_counted_by_kind_and_state(env: Env) {
    let log = Log::default();
    let worker = env.worker(vec![
        log.kind("other"),
        Kind::once("held", |_, _: u32| async { Ok(None) }),
    ]);
    for n in 0..3 {
        env.enqueue(job("other", n)).await;
    }
    assert_eq!(run_due(&worker).await, 3, "what is done is counted nowhere");
    env.enqueue(job("held", 1)).await;
    let _claimed = worker.claim().await.expect("it is claimed").expect("a job is due");
    env.enqueue(job("later", 1)).await;
    env.enqueue(job("poison", 1)).await;
    env.sql("UPDATE jobs SET run_at = run_at + 3600000 WHERE kind = 'later'")
        .await;
    env.sql("UPDATE jobs SET state = 'dead', ended_at = run_at WHERE kind = 'poison'")
        .await;
    env.enqueue(job("due", 1)).await;
    env.enqueue(job("due", 2)).await;
    env.sql("UPDATE jobs SET run_at = run_at - 90000 WHERE kind = 'due'")
        .await;
    let mut jobs = stats(&env).await.jobs;
    jobs.sort();
    let counts: Vec<_> = jobs
        .iter()
        .map(|(kind, state, count, _)| (kind.as_str(), state.as_str(), *count))
        .collect();
    let expected = [
        ("due", "waiting", 2),
        ("held", "running", 1),
        ("later", "waiting", 1),
        ("poison", "dead", 1),
    ];
    assert_eq!(counts, expected);
    let late = |kind: &str| jobs.iter().find(|job| job.0 == kind).expect("it is there").3;
    assert!((90_000..150_000).contains(&late("due")), "{}", late("due"));
    assert!(late("later") < 0, "it is not due");
    assert_eq!(stats(&env).await.failed_kinds, 1);
}
