//! Holds a link for its owner.

use sealdrop_api::{LinkId, OwnerToken};

use super::checks::owned_by;
use crate::{
    error::ServiceError,
    service::Service,
    store::{
        WriteTx,
        links::{self, Link},
    },
};

impl Service {
    /// The link, locked against other writers, if the token fits. A request without the right token does not wait for the lock.
    pub(super) async fn hold_own_link(
        &self,
        link_id: LinkId,
        token: &OwnerToken,
    ) -> Result<(WriteTx, Link), ServiceError> {
        owned_by(links::find(self.inner.store.reader(), link_id).await?, token)?;
        let tx = self.inner.store.write().await?;
        let link = owned_by(links::find_locked(&*tx, link_id).await?, token)?;
        Ok((tx, link))
    }
}
