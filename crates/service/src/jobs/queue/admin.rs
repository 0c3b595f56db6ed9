//! The queue as operators use it, beside a server that runs or without one.

use super::{
    list,
    row::{JobChange, JobRow},
};
use crate::{
    config::DatabaseConfig,
    error::{ServiceError, StartError},
    store::Store,
};

/// The jobs of an installation: its database is enough.
pub struct JobQueue {
    store: Store,
}

impl JobQueue {
    /// Rows that [`JobQueue::list`] returns at most.
    pub const LISTED: u32 = 1_000;

    /// Connects to the database, and brings its schema up to date.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn open(database: &DatabaseConfig) -> Result<Self, StartError> {
        let store = Store::open(database).await?;
        Ok(Self { store })
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
        let change = list::drop_job(&tx, id).await?;
        if change == JobChange::Done {
            tx.commit().await?;
        }
        Ok(change)
    }
}

impl std::fmt::Debug for JobQueue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("JobQueue").finish_non_exhaustive()
    }
}
