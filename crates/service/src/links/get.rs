//! `GET links/{link_id}`: what the owner may know.

use sealdrop_api::{LinkId, links::LinkStatus};

use super::{
    checks::status,
    owner::{LinkOwner, owned_by},
};
use crate::{error::ServiceError, service::Service, store::links};

impl Service {
    /// State and counts of a link, also for 30 days after its end.
    ///
    /// # Errors
    /// `link-not-found`.
    pub async fn get_link<'a>(
        &self,
        owner: impl Into<LinkOwner<'a>>,
        link_id: LinkId,
    ) -> Result<LinkStatus, ServiceError> {
        let link = owned_by(links::find(self.inner.store.reader(), link_id).await?, owner.into())?;
        Ok(status(&link, self.now(), self.inner.opened.of(link_id)))
    }
}
