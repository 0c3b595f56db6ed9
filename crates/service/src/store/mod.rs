//! The database: one pool, SQLite or Postgres, and the discipline of writing to it.
//!
//! Every write is a [`WriteTx`]. On SQLite it starts `IMMEDIATE`, so it never finds out half-way that another writer was
//! first, and writers of this process queue for one turn instead of polling the file. On Postgres the transaction runs at
//! read committed; what must not interleave locks its link's row (`FOR UPDATE`) or its token ([`WriteTx::lock_token`]).

pub(crate) mod brakes;
pub(crate) mod claims;
pub(crate) mod clock;
mod failure;
pub(crate) mod installation;
pub(crate) mod link_objects;
pub(crate) mod links;
mod open;
pub(crate) mod plans;
pub(crate) mod totals;
pub(crate) mod uploads;

use std::{
    ops::Deref,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, SqliteTransactionMode, Statement,
    TransactionOptions, TransactionTrait,
};
use time::OffsetDateTime;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::{
    clients::{ClientTag, Lanes},
    error::InternalError,
};
pub(crate) use failure::{db, is_duplicate};

/// The database.
pub(crate) struct Store {
    db: DatabaseConnection,
    /// One permit on SQLite, nothing on Postgres.
    turn: Option<Arc<Semaphore>>,
    /// For those who have shown nothing: one permit on SQLite, half of the connections on Postgres.
    anybody: Arc<Semaphore>,
    patience: Duration,
    /// Whether payloads may stand in the write-ahead log that are in no link any more. Also at the start: a crash may have been
    /// before.
    unclean: AtomicBool,
}

impl Store {
    /// Which database it is.
    pub(crate) fn backend(&self) -> DbBackend {
        self.db.get_database_backend()
    }

    /// For reads that need no transaction.
    pub(crate) fn reader(&self) -> &DatabaseConnection {
        &self.db
    }

    /// Starts a transaction that will write, for a client that has shown no token yet. Such requests wait for each other, in the
    /// queues of their clients, and only one of them among those who have shown a token or a bearer.
    pub(crate) async fn write_for_anybody(&self, lanes: &Lanes, client: ClientTag) -> Result<WriteTx, InternalError> {
        let waiting = async {
            let lane = lanes.enter(client).await;
            (lane, Arc::clone(&self.anybody).acquire_owned().await)
        };
        let (_lane, permit) = tokio::time::timeout(self.patience, waiting)
            .await
            .map_err(|late| InternalError::transient("waiting for other reservations", late))?;
        let permit = permit.map_err(|closed| InternalError::lasting("waiting for other reservations", closed))?;
        let mut tx = self.write().await?;
        tx._among_anybody = Some(permit);
        Ok(tx)
    }

    /// Starts a transaction that will write.
    pub(crate) async fn write(&self) -> Result<WriteTx, InternalError> {
        let turn = match &self.turn {
            None => None,
            Some(turn) => {
                let waiting = tokio::time::timeout(self.patience, Arc::clone(turn).acquire_owned());
                let permit = waiting
                    .await
                    .map_err(|late| InternalError::transient("waiting for other writers", late))?;
                Some(permit.map_err(|closed| InternalError::lasting("waiting for other writers", closed))?)
            }
        };
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..Default::default()
        };
        let tx = self
            .db
            .begin_with_options(options)
            .await
            .map_err(db("starting a transaction"))?;
        Ok(WriteTx {
            tx,
            _turn: turn,
            _among_anybody: None,
        })
    }

    /// What was taken out of the database is taken off the disk as well, if there is any: SQLite overwrites what it deletes, and
    /// its write-ahead log, which still holds it, is emptied. Postgres keeps its own house.
    pub(crate) async fn scrub(&self) -> Result<(), InternalError> {
        let Some(turn) = &self.turn else { return Ok(()) };
        if !self.unclean.swap(false, Ordering::SeqCst) {
            return Ok(());
        }
        let _turn = Arc::clone(turn).acquire_owned().await;
        let emptied = self.db.execute_unprepared("PRAGMA wal_checkpoint(TRUNCATE)").await;
        emptied.map(drop).map_err(|error| {
            self.unclean.store(true, Ordering::SeqCst);
            db("emptying the write-ahead log")(error)
        })
    }

    /// Something was taken out that is not to be read again: [`Store::scrub`] has work to do.
    pub(crate) fn note_unclean(&self) {
        self.unclean.store(true, Ordering::SeqCst);
    }

    /// Asks the database for an answer, and whether it takes writes: a disk that went read-only, a replica and another
    /// program that holds the file all still answer. Nothing is written.
    pub(crate) async fn ping(&self) -> Result<(), InternalError> {
        self.db.ping().await.map_err(db("asking the database"))?;
        let tx = self.write().await?;
        tx.execute_unprepared("UPDATE clock SET id = id WHERE id = 1")
            .await
            .map(drop)
            .map_err(db("the database can be read and not written"))
    }
}

/// A transaction that writes. Dropped without [`WriteTx::commit`], it leaves no trace.
pub(crate) struct WriteTx {
    // Before the turn on purpose: fields drop in order, and the next writer waits for the end of this one.
    tx: DatabaseTransaction,
    _turn: Option<OwnedSemaphorePermit>,
    _among_anybody: Option<OwnedSemaphorePermit>,
}

impl WriteTx {
    /// What covers sums over a token's uploads, and the one link made from them.
    pub(crate) async fn lock_token(&self, token_hash: &[u8; 32]) -> Result<(), InternalError> {
        let [a, b, c, d, e, f, g, h, ..] = *token_hash;
        self.lock(i64::from_be_bytes([a, b, c, d, e, f, g, h])).await
    }

    /// What covers counts over the rows of one key, which has at least eight bytes.
    pub(crate) async fn lock_key(&self, key: &[u8]) -> Result<(), InternalError> {
        let first = key.first_chunk().copied().unwrap_or_default();
        self.lock(i64::from_be_bytes(first)).await
    }

    async fn lock(&self, number: i64) -> Result<(), InternalError> {
        if self.tx.get_database_backend() == DbBackend::Postgres {
            let lock = Statement::from_sql_and_values(
                DbBackend::Postgres,
                "SELECT pg_advisory_xact_lock($1)",
                [number.into()],
            );
            self.tx
                .execute_raw(lock)
                .await
                .map_err(db("waiting for the same token's other request"))?;
        }
        Ok(())
    }

    /// Makes it last.
    pub(crate) async fn commit(self) -> Result<(), InternalError> {
        self.tx.commit().await.map_err(db("committing"))
    }
}

impl Deref for WriteTx {
    type Target = DatabaseTransaction;

    fn deref(&self) -> &DatabaseTransaction {
        &self.tx
    }
}

/// An instant as the database has it: milliseconds since 1970 UTC.
pub(crate) fn millis(instant: OffsetDateTime) -> i64 {
    i64::try_from(instant.unix_timestamp_nanos() / 1_000_000).unwrap_or(i64::MAX)
}

/// An instant from the database.
pub(crate) fn instant(millis: i64) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(millis) * 1_000_000).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

/// A length or count as the database has it. What does not fit is over every limit long before.
pub(crate) fn signed(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

/// A length or count from the database, where a check keeps it from being negative.
pub(crate) fn unsigned(value: i64) -> u64 {
    u64::try_from(value).unwrap_or(0)
}

/// A count from the database that fits 32 bits because its limit does.
pub(crate) fn count32(value: i64) -> u32 {
    u32::try_from(value.clamp(0, i64::from(u32::MAX))).unwrap_or(u32::MAX)
}
