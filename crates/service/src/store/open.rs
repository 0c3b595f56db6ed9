//! Opening the database and bringing its schema up to date.

use std::{
    path::Path,
    str::FromStr as _,
    sync::{Arc, atomic::AtomicBool},
    time::Duration,
};

use sea_orm::{ConnectOptions, Database, DatabaseConnection, DbBackend, TransactionOptions, TransactionTrait};
use sea_orm::{ConnectionTrait, SqliteTransactionMode, Statement, sqlx::sqlite};
use tokio::sync::Semaphore;

use super::Store;
use crate::{config::DatabaseConfig, error::StartError};

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

/// All of it in one transaction, under a lock: several servers may start at the same time, and a crash leaves the old schema.
async fn migrate(db: &DatabaseConnection) -> Result<(), sea_orm::DbErr> {
    let immediate = TransactionOptions {
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        ..Default::default()
    };
    let tx = db.begin_with_options(immediate).await?;
    if tx.get_database_backend() == DbBackend::Postgres {
        let key = i64::from_be_bytes(*b"sealmigr");
        let lock =
            Statement::from_sql_and_values(DbBackend::Postgres, "SELECT pg_advisory_xact_lock($1)", [key.into()]);
        tx.execute_raw(lock).await?;
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
