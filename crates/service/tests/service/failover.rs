//! A Postgres that goes away, comes back as a copy that takes no writes, or is slow while its schema is brought up to date.

use std::{sync::Arc, time::Duration};

use sea_orm::{ConnectionTrait as _, Database, DatabaseConnection, TransactionTrait as _};
use sealdrop_api::{ObjectId, ProblemType, limits::PART_LEN, uploads::NewUpload};
use sealdrop_service::{Service, ServiceError};
use sealdrop_test_support::postgres::empty_database;
use tokio::time::timeout;

use crate::support::{Db, TestEnv, random, token};

/// How long anything may take before a test fails that waits for it.
const PATIENCE: Duration = Duration::from_secs(60);

async fn reserve(env: &TestEnv) -> Result<(), ServiceError> {
    let new = NewUpload {
        object_id: ObjectId(random()),
        sealed_len: Some(65_536),
        part_len: PART_LEN,
    };
    env.service
        .reserve_upload(&token(), None, new, env.client())
        .await
        .map(drop)
}

/// The cluster beside the database of the test: what it does to that one, it does from outside.
async fn outside(env: &TestEnv) -> (DatabaseConnection, String) {
    let mut url = url::Url::parse(&env.config.database.url).expect("an address");
    let name = url.path().trim_start_matches('/').to_owned();
    url.set_path("postgres");
    (Database::connect(url.to_string()).await.expect("it answers"), name)
}

/// Cuts every connection to it, as the end of a primary does.
async fn cut(outside: &DatabaseConnection, name: &str) {
    let cut = format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'");
    outside.execute_unprepared(&cut).await.expect("cut");
}

/// Until it works again by itself.
async fn recovers(env: &TestEnv) {
    let recovered = async {
        while reserve(env).await.is_err() {
            tokio::task::yield_now().await;
        }
    };
    timeout(PATIENCE, recovered).await.expect("it recovers by itself");
    assert_eq!(env.service.readiness().await.database, Ok(()));
}

/// What a client hears meanwhile: come back, and when.
fn is_told_to_come_back(answer: Result<(), ServiceError>) {
    let error = answer.expect_err("nothing can be written");
    assert!(
        error.is_retryable() && error.retry_after() <= Some(Duration::from_secs(2)),
        "{error:?}"
    );
    assert_eq!(error.into_problem().kind, ProblemType::Unavailable);
}

/// After a failover the old primary is a copy. Whoever stays connected to it is refused every write, and the address leads to the new one.
#[tokio::test]
async fn o03_a_database_that_became_a_copy_is_left_for_the_primary() {
    let env = TestEnv::new(Db::Postgres).await;
    let (outside, name) = outside(&env).await;
    let readonly = format!("ALTER DATABASE {name} SET default_transaction_read_only = on");
    outside.execute_unprepared(&readonly).await.expect("a copy");
    cut(&outside, &name).await;
    // Whatever finds out first: connections that were cut are none of its.
    while env.service.readiness().await.database.is_ok() {
        tokio::task::yield_now().await;
    }
    is_told_to_come_back(reserve(&env).await);
    // Connections are copies for as long as they live; whoever connects now comes to the primary.
    let primary = format!("ALTER DATABASE {name} RESET default_transaction_read_only");
    outside.execute_unprepared(&primary).await.expect("a primary");
    recovers(&env).await;
    outside.close().await.expect("it closes");
}

/// It goes away and comes back: what is asked meanwhile is told to come back, and nothing hangs.
#[tokio::test]
async fn o03_a_database_that_is_away_is_said_and_recovered_from() {
    let env = TestEnv::with(Db::Postgres, |config| {
        config.database.acquire_timeout = Duration::from_secs(1);
    })
    .await;
    reserve(&env).await.expect("it works");
    let (outside, name) = outside(&env).await;
    let closed = format!("ALTER DATABASE {name} WITH ALLOW_CONNECTIONS false");
    outside.execute_unprepared(&closed).await.expect("closed");
    cut(&outside, &name).await;
    for _ in 0..3 {
        let asked = timeout(PATIENCE, reserve(&env)).await;
        is_told_to_come_back(asked.expect("nothing hangs"));
    }
    let open = format!("ALTER DATABASE {name} WITH ALLOW_CONNECTIONS true");
    outside.execute_unprepared(&open).await.expect("open");
    recovers(&env).await;
    outside.close().await.expect("it closes");
}

/// Requests end after seconds. A migration takes what it takes, and so do the servers that start meanwhile and wait for it.
#[tokio::test]
async fn o04_a_slow_migration_is_waited_for_by_every_server_that_starts() {
    let env = TestEnv::new(Db::Sqlite).await;
    let mut config = env.config.clone();
    config.database.url = empty_database().await;
    config.database.statement_timeout = Duration::from_millis(200);
    let database = Database::connect(config.database.url.clone())
        .await
        .expect("it answers");
    // One statement of the migrations takes five times as long as a request may.
    let slow = "CREATE FUNCTION slow() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN \
                IF current_query() LIKE '%brakes%' THEN PERFORM pg_sleep(1); END IF; END $$; \
                CREATE EVENT TRIGGER slow ON ddl_command_start WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION slow()";
    database.execute_unprepared(slow).await.expect("slow");
    let starts = (0..3).map(|_| Service::connect(config.clone(), Arc::clone(&env.clock) as _));
    for started in futures::future::join_all(starts).await {
        let started = started.expect("it starts");
        assert_eq!(started.readiness().await.database, Ok(()));
    }
    // So do those that find another version at it.
    let migrating = database.begin().await.expect("begun");
    let lock = format!("SELECT pg_advisory_xact_lock({})", i64::from_be_bytes(*b"sealmigr"));
    migrating.execute_unprepared(&lock).await.expect("locked");
    let starting = Service::connect(config, Arc::clone(&env.clock) as _);
    let working = async {
        migrating.execute_unprepared("SELECT pg_sleep(1)").await.expect("work");
        migrating.commit().await.expect("done");
    };
    let (started, ()) = tokio::join!(starting, working);
    started.expect("it starts");
    database.close().await.expect("it closes");
}
