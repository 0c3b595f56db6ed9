//! What the sender may do with a link afterwards: with the one that was just sent, and with those that this browser keeps.

use std::{cell::Cell, rc::Rc};

use futures::lock::Mutex;
use sealdrop_api::{
    Endpoint, LinkId, NoBody, OwnerToken,
    links::{ChangeLink, GetLink, LinkChange, LinkState, LinkStatus, RevokeLink},
};
use sealdrop_model::{Failure, FailureKind, OwnLink};
use sealdrop_transfer::{RetryPolicy, SentLink, TransferError, call, call_once};
use zeroize::Zeroizing;

use crate::facade::link::address::is_ours;
use crate::{
    journal::SentLinkStore,
    platform::BrowserPlatform,
    split::{NotLoaded, split_point},
};

/// The right to look after one link: its owner token, which leaves this type only in the header of a request.
#[derive(Clone)]
pub struct Owner {
    inner: Rc<Inner>,
}

/// What the owner of a link asks of the server.
pub(crate) enum Wish {
    Refresh,
    Extend(u64),
    Limit(u32),
    ChangeNote(String),
    ChangePassword(Zeroizing<String>),
    Revoke,
}

split_point!(owner: fulfil(owner: Owner, wish: Wish) -> Result<Result<OwnLink, Failure>, NotLoaded> = async move { Ok(owner.grant(wish).await) });
split_point!(owner: forget_here(owner: Owner) -> Result<bool, NotLoaded> = async move { Ok(owner.forget_kept().await) });

struct Inner {
    link_id: LinkId,
    token: OwnerToken,
    link: Mutex<SentLink>,
    is_kept: Cell<bool>,
}

impl std::fmt::Debug for Owner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Owner({})", self.inner.link_id)
    }
}

impl PartialEq for Owner {
    fn eq(&self, other: &Self) -> bool {
        self.inner.link_id == other.inner.link_id
    }
}

/// Every link that this browser keeps, newest first; nothing where it can keep none.
pub async fn sent_links() -> Option<Vec<Owner>> {
    list_sent().await.ok().flatten()
}

split_point!(owner: list_sent() -> Result<Option<Vec<Owner>>, NotLoaded> = async { Ok(all().await) });

async fn all() -> Option<Vec<Owner>> {
    let all = SentLinkStore::open().await?.all().await;
    let all = all.into_iter().filter(|link| is_ours(&link.link.origin));
    Some(all.map(|link| Owner::new(link, true)).collect())
}

impl Owner {
    pub(crate) fn new(link: SentLink, is_kept: bool) -> Self {
        Self {
            inner: Rc::new(Inner {
                link_id: link.link.link_id,
                token: link.owner.clone(),
                link: Mutex::new(link),
                is_kept: Cell::new(is_kept),
            }),
        }
    }

    /// What is known of the link. `None` while something else is being done with it.
    #[must_use]
    pub fn look(&self) -> Option<OwnLink> {
        self.inner.link.try_lock().map(|link| self.show(&link))
    }

    /// Asks where the link stands, and its counts.
    ///
    /// # Errors
    /// What the server said, or `ServerAway`.
    pub async fn refresh(&self) -> Result<OwnLink, Failure> {
        fulfil(self.clone(), Wish::Refresh).await?
    }

    /// Lets the link live `expires_in` seconds from now.
    ///
    /// # Errors
    /// As [`Self::refresh`].
    pub async fn extend(&self, expires_in: u64) -> Result<OwnLink, Failure> {
        fulfil(self.clone(), Wish::Extend(expires_in)).await?
    }

    /// Sets how many downloads the link has.
    ///
    /// # Errors
    /// As [`Self::refresh`].
    pub async fn limit(&self, max_downloads: u32) -> Result<OwnLink, Failure> {
        fulfil(self.clone(), Wish::Limit(max_downloads)).await?
    }

    /// Replaces the note; empty is none.
    ///
    /// # Errors
    /// As [`Self::refresh`].
    pub async fn change_note(&self, note: String) -> Result<OwnLink, Failure> {
        fulfil(self.clone(), Wish::ChangeNote(note)).await?
    }

    /// Replaces the password of a link that has one. The link itself stays the same.
    ///
    /// # Errors
    /// As [`Self::refresh`].
    pub async fn change_password(&self, password: String) -> Result<OwnLink, Failure> {
        fulfil(self.clone(), Wish::ChangePassword(Zeroizing::new(password))).await?
    }

    /// Closes the link at once.
    ///
    /// # Errors
    /// As [`Self::refresh`].
    pub async fn revoke(&self) -> Result<OwnLink, Failure> {
        fulfil(self.clone(), Wish::Revoke).await?
    }

    /// Forgets the link in this browser. Tells whether that worked.
    pub async fn forget(&self) -> bool {
        forget_here(self.clone()).await.unwrap_or(false)
    }

    async fn grant(&self, wish: Wish) -> Result<OwnLink, Failure> {
        match wish {
            Wish::Refresh => self.ask_where_it_stands().await,
            Wish::Extend(expires_in) => {
                self.change(LinkChange {
                    expires_in: Some(expires_in),
                    ..LinkChange::default()
                })
                .await
            }
            Wish::Limit(max_downloads) => {
                self.change(LinkChange {
                    max_downloads: Some(max_downloads),
                    ..LinkChange::default()
                })
                .await
            }
            Wish::ChangeNote(note) => self.rewrite(async |link| link.change_note(&note).await).await,
            Wish::ChangePassword(password) => {
                let platform = BrowserPlatform::new();
                self.rewrite(async |link| link.change_password(&platform, &password).await)
                    .await
            }
            Wish::Revoke => self.close().await,
        }
    }

    async fn ask_where_it_stands(&self) -> Result<OwnLink, Failure> {
        let (platform, link_id) = (BrowserPlatform::new(), self.inner.link_id);
        // One attempt: a list should show soon that the server does not answer.
        let status = call_once(&platform, &GetLink { link_id }, Some(&self.inner.token)).await?;
        self.learn(&mut *self.inner.link.lock().await, &status).await
    }

    async fn close(&self) -> Result<OwnLink, Failure> {
        let link_id = self.inner.link_id;
        self.ask(RevokeLink { link_id }).await.map(|NoBody| ())?;
        let mut link = self.inner.link.lock().await;
        link.facts.state = LinkState::Revoked;
        self.write_down(&link).await;
        Ok(self.show(&link))
    }

    async fn forget_kept(&self) -> bool {
        let is_forgotten = match SentLinkStore::open().await {
            Some(store) => store.forget(self.inner.link_id).await,
            None => !self.inner.is_kept.get(),
        };
        if is_forgotten {
            self.inner.is_kept.set(false);
        }
        is_forgotten
    }

    async fn change(&self, body: LinkChange) -> Result<OwnLink, Failure> {
        let status = self.ask_change(body).await?;
        self.learn(&mut *self.inner.link.lock().await, &status).await
    }

    /// Seals the payload anew and sends it. It is written down before it is sent: whatever becomes of the answer, what the
    /// server has is here.
    async fn rewrite(
        &self,
        prepare: impl AsyncFnOnce(&mut SentLink) -> Result<LinkChange, TransferError>,
    ) -> Result<OwnLink, Failure> {
        let mut link = self.inner.link.lock().await;
        self.take_newest(&mut link).await;
        let status = self.ask_status().await?;
        self.learn(&mut link, &status).await?;
        let change = prepare(&mut link).await?;
        self.write_down(&link).await;
        match self.ask_change(change).await {
            Ok(status) => self.learn(&mut link, &status).await,
            Err(failure) => {
                // Where nobody answered, the server may have taken it: the next answer tells.
                if failure.kind != FailureKind::ServerAway {
                    link.take_back().await?;
                    self.write_down(&link).await;
                }
                Err(failure)
            }
        }
    }

    /// Another tab may have written the payload meanwhile.
    async fn take_newest(&self, link: &mut SentLink) {
        if self.inner.is_kept.get()
            && let Some(store) = SentLinkStore::open().await
            && let Some(newest) = store.find(self.inner.link_id).await
        {
            *link = newest;
        }
    }

    async fn learn(&self, link: &mut SentLink, status: &LinkStatus) -> Result<OwnLink, Failure> {
        let before = link.facts.clone();
        link.learn(status).await?;
        if link.facts != before {
            self.write_down(link).await;
        }
        Ok(self.show(link))
    }

    async fn write_down(&self, link: &SentLink) {
        if self.inner.is_kept.get()
            && let Some(store) = SentLinkStore::open().await
        {
            self.inner.is_kept.set(store.update(link).await);
        }
    }

    fn show(&self, link: &SentLink) -> OwnLink {
        OwnLink {
            link_id: link.link.link_id.to_string(),
            link: link.link.expose().to_string(),
            address: link.link.address(),
            key: link.link.key().to_string(),
            facts: link.facts.clone(),
            has_password: link.link.flags.has_password(),
            is_kept: self.inner.is_kept.get(),
        }
    }

    async fn ask_status(&self) -> Result<LinkStatus, Failure> {
        let link_id = self.inner.link_id;
        self.ask(GetLink { link_id }).await
    }

    async fn ask_change(&self, body: LinkChange) -> Result<LinkStatus, Failure> {
        let link_id = self.inner.link_id;
        self.ask(ChangeLink { link_id, body }).await
    }

    async fn ask<E: Endpoint>(&self, endpoint: E) -> Result<E::Response, Failure> {
        let platform = BrowserPlatform::new();
        Ok(call(&platform, &endpoint, Some(&self.inner.token), RetryPolicy::Interactive).await?)
    }
}
