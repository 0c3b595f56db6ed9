//! The audit as operators read it, beside a server that runs or without one.

use super::rows::{self, AuditRow};
use crate::{
    config::DatabaseConfig,
    error::{ServiceError, StartError},
    store::Store,
};

/// The audit of an installation: its database is enough.
pub struct AuditLog {
    store: Store,
}

impl AuditLog {
    /// Rows that [`AuditLog::list`] returns at most.
    pub const LISTED: u32 = 1_000;

    /// Connects to the database, and brings its schema up to date.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn open(database: &DatabaseConfig) -> Result<Self, StartError> {
        let store = Store::open(database).await?;
        Ok(Self { store })
    }

    /// The newest rows, the newest first; with a number those before it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list(&self, before: Option<i64>) -> Result<Vec<AuditRow>, ServiceError> {
        Ok(rows::list(self.store.reader(), before, Self::LISTED).await?)
    }
}

impl std::fmt::Debug for AuditLog {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AuditLog").finish_non_exhaustive()
    }
}
