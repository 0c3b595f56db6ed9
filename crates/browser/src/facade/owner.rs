//! What the sender may do with a link afterwards, as long as the page lives.

use std::rc::Rc;

use sealdrop_api::{LinkId, OwnerToken, links::LinkStatus};

use super::failure::{Failure, FailureKind};

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
    /// Where the link stands, and its counts.
    ///
    /// # Errors
    /// What the server said, or [`FailureKind::ServerAway`].
    pub async fn status(&self) -> Result<LinkStatus, Failure> {
        Err(Failure::new(FailureKind::ServerAway))
    }

    /// Lets the link live `expires_in` seconds from now.
    ///
    /// # Errors
    /// What the server said, or [`FailureKind::ServerAway`].
    pub async fn extend(&self, expires_in: u64) -> Result<LinkStatus, Failure> {
        let _ = expires_in;
        Err(Failure::new(FailureKind::ServerAway))
    }

    /// Sets how many downloads the link has.
    ///
    /// # Errors
    /// What the server said, or [`FailureKind::ServerAway`].
    pub async fn limit(&self, max_downloads: u32) -> Result<LinkStatus, Failure> {
        let _ = max_downloads;
        Err(Failure::new(FailureKind::ServerAway))
    }

    /// Closes the link at once.
    ///
    /// # Errors
    /// What the server said, or [`FailureKind::ServerAway`].
    pub async fn revoke(&self) -> Result<(), Failure> {
        Err(Failure::new(FailureKind::ServerAway))
    }
}
