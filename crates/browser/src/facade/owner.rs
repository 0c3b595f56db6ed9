//! What the sender may do with a link afterwards, as long as the page lives.

use std::rc::Rc;

use sealdrop_api::{
    Endpoint, LinkId, NoBody, OwnerToken,
    links::{ChangeLink, GetLink, LinkChange, LinkStatus, RevokeLink},
};
use sealdrop_transfer::{Patience, call};

use super::failure::Failure;
use crate::platform::BrowserPlatform;

/// The right to look after one link: its owner token, which leaves this type only in the header of a request.
#[derive(Clone)]
pub struct Owner {
    inner: Rc<(LinkId, OwnerToken)>,
}

impl std::fmt::Debug for Owner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Owner({})", self.inner.0)
    }
}

impl PartialEq for Owner {
    fn eq(&self, other: &Self) -> bool {
        self.inner.0 == other.inner.0
    }
}

impl Owner {
    pub(crate) fn new(link_id: LinkId, token: OwnerToken) -> Self {
        Self {
            inner: Rc::new((link_id, token)),
        }
    }

    /// Where the link stands, and its counts.
    ///
    /// # Errors
    /// What the server said, or [`FailureKind::ServerAway`](super::FailureKind::ServerAway).
    pub async fn status(&self) -> Result<LinkStatus, Failure> {
        self.ask(GetLink { link_id: self.inner.0 }).await
    }

    /// Lets the link live `expires_in` seconds from now.
    ///
    /// # Errors
    /// As [`Self::status`].
    pub async fn extend(&self, expires_in: u64) -> Result<LinkStatus, Failure> {
        self.change(LinkChange {
            expires_in: Some(expires_in),
            ..LinkChange::default()
        })
        .await
    }

    /// Sets how many downloads the link has.
    ///
    /// # Errors
    /// As [`Self::status`].
    pub async fn limit(&self, max_downloads: u32) -> Result<LinkStatus, Failure> {
        self.change(LinkChange {
            max_downloads: Some(max_downloads),
            ..LinkChange::default()
        })
        .await
    }

    /// Closes the link at once.
    ///
    /// # Errors
    /// As [`Self::status`].
    pub async fn revoke(&self) -> Result<(), Failure> {
        self.ask(RevokeLink { link_id: self.inner.0 }).await.map(|NoBody| ())
    }

    async fn change(&self, body: LinkChange) -> Result<LinkStatus, Failure> {
        self.ask(ChangeLink {
            link_id: self.inner.0,
            body,
        })
        .await
    }

    async fn ask<E: Endpoint>(&self, endpoint: E) -> Result<E::Response, Failure> {
        let platform = BrowserPlatform::new();
        Ok(call(&platform, &endpoint, Some(&self.inner.1), Patience::Short).await?)
    }
}
