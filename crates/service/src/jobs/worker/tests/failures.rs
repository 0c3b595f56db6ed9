//! Jobs that fail, panic, or take their worker with them.

use sealdrop_api::ProblemType;

use super::{Env, Log, job, on_both_databases, run_due};
use crate::{
    audit::Operator,
    jobs::{
        kind::Kind,
        queue::{JobChange, JobQueue},
    },
};

on_both_databases!(
    o08_a_poison_job_dies_after_ten_claims_and_is_named,
    o08_a_panic_is_a_failed_try,
    o08_a_job_that_ends_its_workers_dies,
    o08_what_cannot_be_read_is_a_failed_try,
    an_operator_tries_a_dead_job_again_or_drops_it,
    j38_done_jobs_are_forgotten_in_batches,
);

fn poison() -> Kind {
    Kind::once("poison", |_, _: u32| async { Err(ProblemType::Unavailable.into()) })
}

/// Lets a job fail until it is dead.
async fn let_die(env: &Env) {
    let worker = env.worker(vec![poison()]);
    for tries in 1..=10 {
        assert_eq!(env.state("poison").await, ("waiting".to_owned(), tries - 1));
        assert_eq!(run_due(&worker).await, 1, "claim {tries}");
        // Longer than any wait.
        env.pass(2 * 3600).await;
    }
    assert_eq!(run_due(&worker).await, 0, "an eleventh claim");
}

async fn o08_a_poison_job_dies_after_ten_claims_and_is_named(env: Env) {
    let log = Log::default();
    env.enqueue(job("poison", 1)).await;
    let worker = env.worker(vec![poison(), log.kind("other")]);
    assert_eq!(
        (run_due(&worker).await, run_due(&worker).await),
        (1, 0),
        "it waits before it is tried again"
    );
    env.sql("UPDATE jobs SET state = 'waiting', tries = 0, run_at = 0")
        .await;
    let_die(&env).await;
    let row = env.rows("poison").await.remove(0);
    assert_eq!((row.state.as_str(), row.tries), ("dead", 10));
    assert_eq!(row.error.as_deref(), Some("unavailable"));
    let readiness = env.service.readiness().await;
    assert_eq!(readiness.failed_jobs, ["poison"]);
    assert!(readiness.is_ready(), "requests are served");
    env.enqueue(job("other", 2)).await;
    assert_eq!((run_due(&worker).await, log.read()), (1, vec![2]), "the others go on");
}

async fn o08_a_panic_is_a_failed_try(env: Env) {
    let log = Log::default();
    let panics = Kind::once("panics", |_, payload: u32| async move {
        assert_eq!(payload, 0, "the secret of a panic");
        Ok(None)
    });
    let at_once = Kind::once("panics_at_once", |_, payload: u32| {
        assert_eq!(payload, 0);
        async { Ok(None) }
    });
    let worker = env.worker(vec![panics, at_once, log.kind("other")]);
    env.enqueue(job("panics", 1)).await;
    env.enqueue(job("panics_at_once", 1)).await;
    env.enqueue(job("other", 2)).await;
    assert_eq!(run_due(&worker).await, 3);
    assert_eq!(log.read(), [2], "the worker lives");
    for kind in ["panics", "panics_at_once"] {
        let row = env.rows(kind).await.remove(0);
        assert_eq!((row.state.as_str(), row.tries), ("waiting", 1));
        assert_eq!(row.error.as_deref(), Some("it panicked; the log says where"));
    }
}

/// As a job does that uses up all memory: no worker is left to write down the failure.
async fn o08_a_job_that_ends_its_workers_dies(env: Env) {
    let log = Log::default();
    env.enqueue(job("kills", 1)).await;
    let worker = env.worker(vec![log.kind("kills")]);
    for tries in 1..=10 {
        let (claim, _) = worker.claim().await.expect("it is claimed").expect("a job is due");
        assert_eq!(claim.tries, tries);
        env.pass(20).await;
    }
    assert!(worker.claim().await.expect("it looks").is_none(), "an eleventh claim");
    assert_eq!(env.state("kills").await, ("dead".to_owned(), 10));
    assert_eq!(env.service.readiness().await.failed_jobs, ["kills"]);
}

async fn o08_what_cannot_be_read_is_a_failed_try(env: Env) {
    let log = Log::default();
    env.enqueue(crate::jobs::queue::NewJob::new("numbers", &"a word").expect("a payload"))
        .await;
    assert_eq!(run_due(&env.worker(vec![log.kind("numbers")])).await, 1);
    let row = env.rows("numbers").await.remove(0);
    assert_eq!((row.state.as_str(), row.tries), ("waiting", 1));
    assert!(row.error.expect("why").contains("payload"));
}

async fn an_operator_tries_a_dead_job_again_or_drops_it(env: Env) {
    let queue = JobQueue::open(&env.config.database, Operator::unknown()).await;
    let queue = queue.expect("it opens");
    env.enqueue(job("poison", 1)).await;
    let_die(&env).await;
    let listed = queue.list().await.expect("listed").remove(0);
    assert_eq!(
        (listed.state.as_str(), listed.has_failed, listed.tries),
        ("dead", true, 10)
    );
    assert_eq!(queue.retry(listed.id).await.expect("asked"), JobChange::Done);
    assert_eq!(env.service.readiness().await.failed_jobs, [""; 0]);
    let_die(&env).await;
    assert_eq!(queue.drop_job(listed.id).await.expect("asked"), JobChange::Done);
    assert_eq!(queue.drop_job(listed.id).await.expect("asked"), JobChange::Unknown);
    assert_eq!(queue.retry(listed.id).await.expect("asked"), JobChange::Unknown);
    assert_eq!(
        (queue.list().await.expect("listed"), env.rows("poison").await),
        (vec![], vec![])
    );
    // What runs is its worker's, and what comes again stays.
    let log = Log::default();
    env.enqueue(job("runs", 1)).await;
    let worker = env.worker(vec![log.kind("runs")]);
    let (claim, _) = worker.claim().await.expect("it is claimed").expect("a job is due");
    assert_eq!(queue.drop_job(claim.id).await.expect("asked"), JobChange::Running);
    assert_eq!(queue.retry(claim.id).await.expect("asked"), JobChange::Running);
    // A worker that died runs nothing any more.
    env.pass(20).await;
    assert_eq!(queue.retry(claim.id).await.expect("asked"), JobChange::Done);
    assert_eq!(env.state("runs").await, ("waiting".to_owned(), 0));
    run_due(&worker).await;
    assert_eq!(queue.retry(claim.id).await.expect("asked"), JobChange::Ended);
    env.enqueue(job("runs", 2)).await;
    let (claim, _) = worker.claim().await.expect("it is claimed").expect("a job is due");
    env.pass(20).await;
    assert_eq!(queue.drop_job(claim.id).await.expect("asked"), JobChange::Done);
    let periodic = env.worker(vec![crate::jobs::forget_jobs::kind()]);
    periodic.keep_periodic().await.expect("it is made");
    let listed = queue.list().await.expect("listed").remove(0);
    assert!(listed.is_periodic && !listed.has_failed, "{listed:?}");
    assert_eq!(queue.drop_job(listed.id).await.expect("asked"), JobChange::Periodic);
    // One of a kind that only a newer version knows would stay for ever.
    env.pass(3 * 3600).await;
    assert_eq!(queue.drop_job(listed.id).await.expect("asked"), JobChange::Done);
}

async fn j38_done_jobs_are_forgotten_in_batches(env: Env) {
    let many = "WITH RECURSIVE many(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM many WHERE n < 10000) \
                INSERT INTO jobs (kind, payload, state, run_at, made_at, written_at, ended_at) SELECT 'old', '1', 'done', 1, 1, 1, 1 FROM many";
    assert_eq!(env.sql(many).await, 10_000);
    env.sql("INSERT INTO jobs (kind, payload, state, run_at, made_at, written_at, ended_at) VALUES ('dead', '1', 'dead', 1, 1, 1, 1)")
        .await;
    let log = Log::default();
    let forget = env.worker(vec![crate::jobs::forget_jobs::kind(), log.kind("new")]);
    env.enqueue(job("new", 1)).await;
    run_due(&forget).await;
    env.pass(6 * 24 * 3600).await;
    // Only Postgres tells how many rows a statement deleted.
    let tells = matches!(env.service.inner.store.backend(), sea_orm::DbBackend::Postgres);
    if tells {
        env.sql("CREATE TABLE sizes (rows BIGINT)").await;
        env.sql(
            "CREATE FUNCTION note_size() RETURNS trigger LANGUAGE plpgsql AS \
             $$ BEGIN INSERT INTO sizes SELECT COUNT(*) FROM gone; RETURN NULL; END $$",
        )
        .await;
        env.sql(
            "CREATE TRIGGER note_size AFTER DELETE ON jobs REFERENCING OLD TABLE AS gone \
             FOR EACH STATEMENT EXECUTE FUNCTION note_size()",
        )
        .await;
    }
    forget.keep_periodic().await.expect("it is made");
    assert_eq!(run_due(&forget).await, 1);
    let left = async || {
        (
            env.rows("old").await.len(),
            env.rows("new").await.len(),
            env.rows("dead").await.len(),
        )
    };
    assert_eq!(left().await, (0, 1, 1));
    if tells {
        assert_eq!(env.number("SELECT MAX(rows) FROM sizes").await, 500);
    }
    env.pass(2 * 24 * 3600).await;
    assert_eq!(run_due(&forget).await, 1);
    assert_eq!(left().await, (0, 0, 1), "who is dead stays");
}
