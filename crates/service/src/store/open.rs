//! Opening the database and bringing its schema up to date.

use std::{
    path::Path,
    str::FromStr as _,
    sync::{Arc, atomic::AtomicBool},
    time::Duration,
};

use sea_orm::{
    ConnectOptions, Database, DatabaseConnection, DatabaseTransaction, DbBackend, TransactionOptions, TransactionTrait,
};
use sea_orm::{ConnectionTrait, SqliteTransactionMode, Statement, sqlx::sqlite};
use tokio::sync::Semaphore;

use super::{Store, failure::leads_to_copy};
use crate::{config::DatabaseConfig, error::StartError};

/// Between two looks whether another server still migrates.
const ASK_EVERY: Duration = Duration::from_millis(200);

impl Store {
    /// Connects, creates a SQLite file that is missing, migrates.
    pub(crate) async fn open(config: &DatabaseConfig) -> Result<Self, StartError> {
        let db = connect(config).await.map_err(StartError::Database)?;
        migrate(&db)
            .await
            .map_err(|error| StartError::Migration(error.into()))?;
        let turn = (db.get_database_backend() == DbBackend::Sqlite).then(|| Arc::new(Semaphore::new(1)));
        let anybody = match turn {
            Some(_) => 1,
            None => (config.max_connections / 2).max(1) as usize,
        };
        Ok(Self {
            db,
            turn,
            anybody: Arc::new(Semaphore::new(anybody)),
            patience: config.statement_timeout,
            unclean: AtomicBool::new(true),
        })
    }
}

async fn connect(config: &DatabaseConfig) -> Result<DatabaseConnection, Box<dyn std::error::Error + Send + Sync>> {
    if !["sqlite:", "postgres://", "postgresql://"]
        .iter()
        .any(|known| config.url.starts_with(known))
    {
        return Err("the address must start with sqlite:// or postgres://".into());
    }
    if config.url.starts_with("sqlite:") {
        keep_private(sqlite::SqliteConnectOptions::from_str(&config.url)?.get_filename());
    }
    let mut options = ConnectOptions::new(config.url.clone());
    options
        .max_connections(config.max_connections.max(1))
        .acquire_timeout(config.acquire_timeout)
        .connect_timeout(config.acquire_timeout)
        .idle_timeout(Duration::from_secs(300))
        .set_application_name("sealdrop")
        .statement_timeout(config.statement_timeout)
        // Statements carry ids and hashes; the operations log what matters.
        .sqlx_logging(false);
    // After a failover the address leads to the new primary, and connections that are open to the old one.
    options.map_sqlx_postgres_before_acquire(|_, made| Box::pin(async move { Ok(!leads_to_copy(made.age)) }));
    let patience = config.statement_timeout;
    options.map_sqlx_sqlite_opts(move |sqlite| {
        sqlite
            .create_if_missing(true)
            .journal_mode(sqlite::SqliteJournalMode::Wal)
            // An answered request survives a power cut.
            .synchronous(sqlite::SqliteSynchronous::Full)
            .foreign_keys(true)
            // What is deleted is overwritten: a payload of a revoked link is not to be found in a copy of the file.
            .pragma("secure_delete", "ON")
            .busy_timeout(patience)
            .pragma("cache_size", "-8000")
    });
    Ok(Database::connect(options).await?)
}

/// Makes the file before SQLite does, whose files everybody may read; what SQLite puts beside it has the same mode. One that
/// is there already is left as its owner has it. What cannot be made is found out where it is opened, in better words.
fn keep_private(path: &Path) {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    if path.to_str().is_some_and(|path| !path.contains(":memory:")) {
        let _ = options.open(path);
    }
}

/// Waits for the server that migrates. It asks again and again: a statement that waits would hold a snapshot, and a migration that builds
/// an index beside running requests waits for the end of those.
async fn wait_for_turn(tx: &DatabaseTransaction) -> Result<(), sea_orm::DbErr> {
    let key = i64::from_be_bytes(*b"sealmigr");
    let ask = "SELECT pg_try_advisory_xact_lock($1) AS is_ours";
    let mut is_told = false;
    loop {
        let asked = Statement::from_sql_and_values(DbBackend::Postgres, ask, [key.into()]);
        let row = tx.query_one_raw(asked).await?;
        if row.is_some_and(|row| row.try_get("", "is_ours").unwrap_or(false)) {
            return Ok(());
        }
        if !std::mem::replace(&mut is_told, true) {
            tracing::info!("another server brings the schema up to date: waiting for it");
        }
        tokio::time::sleep(ASK_EVERY).await;
    }
}

/// All of it in one transaction, under a lock: several servers may start at the same time, and a crash leaves the old schema.
async fn migrate(db: &DatabaseConnection) -> Result<(), sea_orm::DbErr> {
    let immediate = TransactionOptions {
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        ..Default::default()
    };
    let tx = db.begin_with_options(immediate).await?;
    if tx.get_database_backend() == DbBackend::Postgres {
        // Requests end after seconds; a change of a large table may take minutes.
        tx.execute_unprepared("SET LOCAL statement_timeout = 0").await?;
        wait_for_turn(&tx).await?;
    }
    let later = sealdrop_migrations::up(&tx).await?;
    if !later.is_empty() {
        tracing::warn!(
            ?later,
            "the database's schema is of a newer version, which only added to it"
        );
    }
    crate::failpoint::reach("migrate.mid")
        .await
        .map_err(|error| sea_orm::DbErr::Custom(error.to_string()))?;
    tx.commit().await
}
