//! Holds a link for its owner.

use sealdrop_api::LinkId;

use super::owner::{LinkOwner, owned_by};
use crate::{
    error::ServiceError,
    service::Service,
    store::{
        WriteTx,
        links::{self, Link},
    },
};

impl Service {
    /// The link, locked against other writers, if it is theirs. A request of somebody else does not wait for the lock.
    pub(super) async fn hold_own_link(
        &self,
        link_id: LinkId,
        owner: LinkOwner<'_>,
    ) -> Result<(WriteTx, Link), ServiceError> {
        owned_by(links::find(self.inner.store.reader(), link_id).await?, owner)?;
        let tx = self.inner.store.write().await?;
        let link = owned_by(links::find_locked(&*tx, link_id).await?, owner)?;
        Ok((tx, link))
    }
}
