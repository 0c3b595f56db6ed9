//! The worker of one process: claims jobs that are due, a few at a time, and runs them.

mod hold;
mod pool;
mod run;
#[cfg(test)]
mod tests;

use std::time::Duration;

use super::{
    kind::Kind,
    queue::{self, Claim, LEASE, Room, Taken},
};
use crate::{error::InternalError, service::Service};

/// Two renewals may fail before the lease ends.
const RENEW_EVERY: Duration = LEASE.checked_div(3).expect("three is not zero");

/// Claims and runs jobs of the kinds that it knows; those of another version are left to that version.
#[derive(Clone)]
pub(crate) struct Worker {
    service: Service,
    kinds: Vec<Kind>,
    /// Their names, as a list of SQL.
    names: String,
    /// Between two renewals of a lease.
    renew_every: Duration,
}

impl Worker {
    pub(crate) fn new(service: Service, kinds: Vec<Kind>) -> Self {
        // They are constants of this crate.
        let names: Vec<String> = kinds.iter().map(|kind| format!("'{}'", kind.name)).collect();
        Self {
            service,
            kinds,
            names: names.join(", "),
            renew_every: RENEW_EVERY,
        }
    }

    /// Makes rows of periodic jobs that are missing, and lets those that ask for it run now.
    async fn keep_periodic(&self) -> Result<(), InternalError> {
        queue::keep_periodic(&self.service.inner.store, Kind::periods(&self.kinds)).await
    }

    /// Sees to it that a clock that was set back holds up nothing.
    async fn bring_back(&self) -> Result<(), InternalError> {
        let tx = self.service.inner.store.write().await?;
        let rows = queue::bring_back(&tx).await?;
        tx.commit().await?;
        if rows > 0 {
            tracing::warn!(
                rows,
                "the database's clock was set back: jobs wait as long as they had to, not longer"
            );
        }
        Ok(())
    }

    /// Claims the next job that is due, with its kind.
    #[cfg(test)]
    async fn claim(&self) -> Result<Option<(Claim, Kind)>, InternalError> {
        self.claim_for(Room::Any).await
    }

    /// Claims the next job that is due and for which there is room, with its kind.
    async fn claim_for(&self, room: Room) -> Result<Option<(Claim, Kind)>, InternalError> {
        let store = &self.service.inner.store;
        for which in queue::look(store.reader(), &self.names, room).await? {
            loop {
                let tx = store.write().await?;
                let taken = queue::take(&tx, &self.names, which, room).await?;
                tx.commit().await?;
                match taken {
                    // Another worker was first.
                    None => break,
                    Some(Taken::Dead { id, kind }) => {
                        tracing::error!(id, kind, "a job is dead: its workers ended while they ran it");
                    }
                    Some(Taken::Claim(claim)) => {
                        let kind = self.kinds.iter().find(|kind| kind.name == claim.kind);
                        return Ok(kind.map(|kind| (claim, kind.clone())));
                    }
                }
            }
        }
        Ok(None)
    }
}
