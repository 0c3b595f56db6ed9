//! The database as operators leave it: of a newer version, or such that nothing can be written.

use std::{sync::Arc, time::Duration};

use sea_orm::{ConnectionTrait as _, SqliteTransactionMode, TransactionOptions, TransactionTrait as _};
use sealdrop_service::{Service, StartError};

use crate::support::TestEnv;

on_both_databases!(
    x43_a_schema_that_a_newer_version_extended_is_worked_with,
    x43_a_schema_that_a_newer_version_cut_is_refused,
    x47_books_that_take_no_writes_are_not_ready,
);

async fn note_migration(env: &TestEnv, name: &str) {
    env.sql(&format!(
        "INSERT INTO seaql_migrations (version, applied_at) VALUES ('{name}', 1)"
    ))
    .await;
}

async fn x43_a_schema_that_a_newer_version_extended_is_worked_with(env: TestEnv) {
    env.sql("ALTER TABLE links ADD COLUMN colour TEXT").await;
    env.sql("CREATE TABLE accounts (id INTEGER PRIMARY KEY)").await;
    note_migration(&env, "m20991231_000001_accounts").await;
    for _ in 0..2 {
        let older = env.another().await;
        assert_eq!(older.readiness().await.database, Ok(()));
    }
    env.link(1).await;
}

async fn x43_a_schema_that_a_newer_version_cut_is_refused(env: TestEnv) {
    note_migration(&env, "m20991231_000002_contract_claims").await;
    let older = Service::connect(env.config.clone(), Arc::clone(&env.clock) as _).await;
    let Err(StartError::Migration(why)) = older else {
        panic!("it started")
    };
    assert!(why.to_string().contains("newer version"), "{why}");
}

async fn x47_books_that_take_no_writes_are_not_ready(env: TestEnv) {
    let mut config = env.config.clone();
    config.database.statement_timeout = Duration::from_millis(200);
    let service = Service::connect(config, Arc::clone(&env.clock) as _)
        .await
        .expect("it starts");
    service.reap().await.expect("a pass");
    assert_eq!(service.readiness().await.database, Ok(()));
    // Whatever holds them, a read-only disk or another program: reading works.
    let database = env.database().await;
    let immediate = TransactionOptions {
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        ..Default::default()
    };
    let held = database.begin_with_options(immediate).await.expect("begun");
    held.execute_unprepared("UPDATE clock SET id = id").await.expect("held");
    let readiness = service.readiness().await;
    assert!(readiness.database.is_err() && !readiness.is_ready(), "{readiness:?}");
    held.rollback().await.expect("let go");
    database.close().await.expect("it closes");
    assert_eq!(service.readiness().await.database, Ok(()));
}
