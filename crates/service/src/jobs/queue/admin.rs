//! The queue as operators use it, beside a server that runs or without one.

use super::{
    list,
    row::{JobChange, JobRow},
};
use crate::{
    audit::{Action, Change, Operator, record},
    config::DatabaseConfig,
    error::{ServiceError, StartError},
    store::{Store, WriteTx},
};

/// The jobs of an installation: its database is enough.
pub struct JobQueue {
    store: Store,
    operator: Operator,
}

impl JobQueue {
    /// Rows that [`JobQueue::list`] returns at most.
    pub const LISTED: u32 = 1_000;

    /// Connects to the database, and brings its schema up to date. What is changed is noted as the operator's.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn open(database: &DatabaseConfig, operator: Operator) -> Result<Self, StartError> {
        let store = Store::open(database).await?;
        Ok(Self { store, operator })
    }

    /// Jobs that are not done: the dead first, then in the order in which they run.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list(&self) -> Result<Vec<JobRow>, ServiceError> {
        Ok(list::list(self.store.reader(), Self::LISTED).await?)
    }

    /// Makes a job that no worker runs run now, with all of its tries.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn retry(&self, id: i64) -> Result<JobChange, ServiceError> {
        let tx = self.store.write().await?;
        self.note(&tx, Action::RetryJob, id).await?;
        let change = list::retry(&tx, id).await?;
        if change == JobChange::Done {
            tx.commit().await?;
        }
        Ok(change)
    }

    /// Deletes a job that no worker runs; a periodic one only if nothing has run it for ten minutes.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn drop_job(&self, id: i64) -> Result<JobChange, ServiceError> {
        let tx = self.store.write().await?;
        self.note(&tx, Action::DropJob, id).await?;
        let change = list::drop_job(&tx, id).await?;
        if change == JobChange::Done {
            tx.commit().await?;
        }
        Ok(change)
    }

    /// Gone with the transaction if the change is not made.
    async fn note(&self, tx: &WriteTx, action: Action, id: i64) -> Result<(), ServiceError> {
        let change = Change {
            operator: &self.operator,
            action,
            subject: id.to_string(),
            detail: list::kind_of(tx, id).await?,
        };
        Ok(record(tx, change).await?)
    }
}

impl std::fmt::Debug for JobQueue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("JobQueue").finish_non_exhaustive()
    }
}
