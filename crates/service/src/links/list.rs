//! `GET links`: the links of a user.

use sealdrop_api::links::LinkList;

use super::checks::status;
use crate::{
    auth::Signed,
    error::ServiceError,
    service::Service,
    store::{count32, links, signed},
};

/// Links of one page.
const PAGE: u64 = 100;

impl Service {
    /// A page of the user's links, the newest first, without the first `after` of them; those that ended stay for 30 days.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_links(&self, user: &Signed, after: u32) -> Result<LinkList, ServiceError> {
        let reader = self.inner.store.reader();
        let mut found = links::of_user(reader, user.user_id(), after.into(), PAGE + 1).await?;
        let has_more = found.len() as u64 > PAGE;
        found.truncate(usize::try_from(PAGE).unwrap_or(usize::MAX));
        let now = self.now();
        let one = |link: &links::Link| status(link, now, self.inner.opened.of(link.id()));
        Ok(LinkList {
            links: found.iter().map(one).collect(),
            next: has_more.then(|| count32(i64::from(after) + signed(PAGE))),
        })
    }
}
