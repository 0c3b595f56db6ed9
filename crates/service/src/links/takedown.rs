//! An operator removes a link: because of what is in it, which they were told, for they cannot read it.

use sealdrop_api::{LinkId, links::LinkState};

use super::revoke::end_held;
use crate::{
    audit::{Action, Change, Operator, record},
    clock::{Clock as _, SystemClock},
    config::DatabaseConfig,
    error::{ServiceError, StartError},
    store::{
        Store,
        links::{self, EndReason},
        millis, unsigned,
    },
};

/// The links of an installation as its operator sees them: the database is enough.
pub struct LinkAdmin {
    store: Store,
    operator: Operator,
}

/// What became of an operator's wish.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Takedown {
    /// It is removed.
    Removed {
        /// What it was until then.
        was: LinkState,
        /// Sealed bytes that are given to deletion, or were before.
        sealed_bytes: u64,
    },
    /// It was removed before.
    Already,
    /// There is no such link, or there is nothing left of it.
    Unknown,
}

impl LinkAdmin {
    /// Connects to the database, and brings its schema up to date. What is changed is noted as the operator's.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn open(database: &DatabaseConfig, operator: Operator) -> Result<Self, StartError> {
        let store = Store::open(database).await?;
        Ok(Self { store, operator })
    }

    /// Removes a link: from the commit on it answers `link-removed` to everyone who has the whole of it, also to downloads that run, on
    /// all servers. Its objects are given to deletion, which a worker does. URLs that were signed before live five minutes at most.
    /// Repeating it changes nothing.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn take_down(&self, link_id: LinkId) -> Result<Takedown, ServiceError> {
        let tx = self.store.write().await?;
        let Some(link) = links::find_locked(&*tx, link_id).await? else {
            return Ok(Takedown::Unknown);
        };
        let now = millis(SystemClock.now());
        let was = link.end(now).map(|(reason, _)| reason);
        if was == Some(EndReason::Removed) {
            return Ok(Takedown::Already);
        }
        let change = Change {
            operator: &self.operator,
            action: Action::TakeDownLink,
            subject: link_id.to_string(),
            detail: None,
        };
        record(&tx, change).await?;
        end_held(&tx, &link, EndReason::Removed, now).await?;
        tx.commit().await?;
        self.store.note_unclean();
        self.store.scrub().await?;
        Ok(Takedown::Removed {
            was: was.map_or(LinkState::Active, Into::into),
            sealed_bytes: unsigned(link.sealed_bytes),
        })
    }
}

impl std::fmt::Debug for LinkAdmin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LinkAdmin").finish_non_exhaustive()
    }
}
