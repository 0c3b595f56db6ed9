//! The outbox as operators use it, beside a server that runs or without one.

use sealdrop_mail::{EmailAddress, MailId};

use super::{
    holds::{self, HeldAddress},
    new_mail::{NewMail, enqueue_mail},
    reason::MailReason,
    rows::{self, MailRow},
};
use crate::{
    audit::{Action, Change, Operator, record},
    config::DatabaseConfig,
    error::{ServiceError, StartError},
    store::Store,
};

/// The mails of an installation: its database is enough.
pub struct Outbox {
    store: Store,
}

impl Outbox {
    /// Rows that [`Outbox::list`] returns at most.
    pub const LISTED: u32 = 1_000;

    /// Connects to the database, and brings its schema up to date.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn open(database: &DatabaseConfig) -> Result<Self, StartError> {
        let store = Store::open(database).await?;
        Ok(Self { store })
    }

    /// Mails of the last 30 days, the newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list(&self) -> Result<Vec<MailRow>, ServiceError> {
        Ok(rows::list(self.store.reader(), Self::LISTED).await?)
    }

    /// Addresses that are held because mail to them came back, or were in the last 30 days.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn held(&self) -> Result<Vec<HeldAddress>, ServiceError> {
        Ok(holds::list(self.store.reader(), Self::LISTED).await?)
    }

    /// Adds a test message for an operator. A worker of the installation sends it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_test(&self, to: EmailAddress, operator: &Operator) -> Result<MailId, ServiceError> {
        let tx = self.store.write().await?;
        let id = enqueue_mail(&tx, NewMail::new(to, MailReason::TestMail)).await?;
        let change = Change {
            operator,
            action: Action::CheckMail,
            subject: id.to_string(),
            detail: None,
        };
        record(&tx, change).await?;
        tx.commit().await?;
        Ok(id)
    }

    /// One mail, if there is one of this id.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find(&self, id: MailId) -> Result<Option<MailRow>, ServiceError> {
        Ok(rows::find(self.store.reader(), id).await?)
    }
}

impl std::fmt::Debug for Outbox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Outbox").finish_non_exhaustive()
    }
}
