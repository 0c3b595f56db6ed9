//! The users of an installation, and looking at them.

use super::{
    key::UserKey,
    rows::{self, UserDetails, UserRow},
};
use crate::{
    config::DatabaseConfig,
    error::{ServiceError, StartError},
    store::Store,
};

/// The users of an installation: its database is enough.
pub struct UserAdmin {
    pub(super) store: Store,
}

impl UserAdmin {
    /// Rows that [`UserAdmin::list`] returns at most.
    pub const LISTED: u32 = 1_000;

    /// Connects to the database, and brings its schema up to date.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn open(database: &DatabaseConfig) -> Result<Self, StartError> {
        let store = Store::open(database).await?;
        Ok(Self { store })
    }

    /// Users, also closed ones, the newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list(&self) -> Result<Vec<UserRow>, ServiceError> {
        Ok(rows::list(self.store.reader(), Self::LISTED).await?)
    }

    /// One user, if there is one of this name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn show(&self, key: &UserKey) -> Result<Option<UserDetails>, ServiceError> {
        let reader = self.store.reader();
        match rows::find(reader, key).await? {
            Some(id) => Ok(rows::show(reader, id).await?),
            None => Ok(None),
        }
    }
}

impl std::fmt::Debug for UserAdmin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("UserAdmin").finish_non_exhaustive()
    }
}
