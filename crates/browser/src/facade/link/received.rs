//! A link that came in: read once, opened with or without a password.

use std::rc::Rc;

use sealdrop_api::LinkId;
use sealdrop_model::{Failure, FailureKind, LinkFault};
use sealdrop_transfer::{Link, TransferError, link_id_of, open_link};
use wasm_bindgen_futures::spawn_local;
use web_sys::Url;
use zeroize::Zeroizing;

use super::address;
use crate::facade::{download::resume::forget_ended, link::opened::OpenedLink};
use crate::{
    journal,
    platform::BrowserPlatform,
    sinks,
    split::{NotLoaded, split_point},
    worker::Pool,
};

/// The link of this page, from the address that [`scrub_fragment`] took. The tab keeps its key from now on.
///
/// # Errors
/// [`LinkFault`]; the tab may have kept a whole one all the same, see [`kept_link`].
pub fn received_link() -> Result<ReceivedLink, LinkFault> {
    let link = read(&address::taken().unwrap_or_else(address::of_page))?;
    let (link_id, key) = (link.link_id, link.key());
    spawn_local(async move { drop(keep_in_tab(link_id, key).await) });
    Ok(ReceivedLink::new(link))
}

/// The link of this page, from what this tab kept when it opened it before.
///
/// # Errors
/// [`LinkFault`]: there is none, or no key.
pub async fn kept_link() -> Result<ReceivedLink, LinkFault> {
    let (_, link_id) = link_id_of(&address::of_page())?;
    let kept = kept_in_tab(link_id).await.ok().flatten();
    let kept = kept.ok_or_else(address::why_no_key)?;
    received_link_from_text(&format!("{}/d/{link_id}#{}", address::origin(), *kept))
}

split_point!(receive: keep_in_tab(link: LinkId, key: Zeroizing<String>) -> Result<(), NotLoaded>
    = async move { journal::keep_in_tab(link, &key).await; Ok(()) });
split_point!(receive: kept_in_tab(link: LinkId) -> Result<Option<Zeroizing<String>>, NotLoaded>
    = async move { Ok(journal::kept_in_tab(link).await) });

/// A whole link that was pasted.
///
/// # Errors
/// [`LinkFault`]; [`LinkFault::Foreign`] also for a link of another server.
pub fn received_link_from_text(link: &str) -> Result<ReceivedLink, LinkFault> {
    read(link).map(ReceivedLink::new)
}

/// Reads a link of this server.
fn read(text: &str) -> Result<Link, LinkFault> {
    let mut link = Link::parse(text)?;
    // A browser writes an origin in its own way, as names of other scripts.
    let written = Url::new(&link.origin).map(|url| url.origin());
    link.origin = written.unwrap_or_else(|_| address::origin());
    if address::is_ours(&link.origin) {
        Ok(link)
    } else {
        Err(LinkFault::Foreign)
    }
}

/// A link that is whole and belongs here.
#[derive(Debug, Clone)]
pub struct ReceivedLink {
    link: Rc<Link>,
}

impl ReceivedLink {
    fn new(link: Link) -> Self {
        Self { link: Rc::new(link) }
    }

    /// Whether it asks for a password.
    #[must_use]
    pub fn needs_password(&self) -> bool {
        self.link.flags.has_password()
    }

    /// The whole link, for the clipboard of its reader. Named so that it is seen where the key leaves.
    #[must_use]
    pub fn expose(&self) -> Zeroizing<String> {
        self.link.expose()
    }

    /// Opens the list of files. Counts nothing. A password that does not open it is tried once more without the white space at
    /// its ends, which copying may have added.
    ///
    /// # Errors
    /// `WrongPassword` or `LinkGone` and its kin, `NotWhatWasSealed`, `NewerVersion`, `ServerAway`.
    pub async fn open(&self, password: Option<String>) -> Result<OpenedLink, Failure> {
        open(self.link.clone(), password).await?
    }
}

split_point!(receive: open(link: Rc<Link>, password: Option<String>) -> Result<Result<OpenedLink, Failure>, NotLoaded> = async move { Ok(open_list(link, password).await) });

async fn open_list(link: Rc<Link>, password: Option<String>) -> Result<OpenedLink, Failure> {
    let platform = BrowserPlatform::new();
    let password = password.map(Zeroizing::new);
    let mut answer = open_link(&platform, &link, password.as_ref()).await;
    if matches!(answer, Err(TransferError::WrongPassword))
        && let Some(trimmed) = password.as_ref().and_then(trimmed)
    {
        answer = open_link(&platform, &link, Some(&trimmed)).await;
    }
    match answer {
        Ok(opened) => Ok(OpenedLink::new(opened)),
        Err(error) => {
            let failure = Failure::from(error);
            if matches!(
                failure.kind,
                FailureKind::LinkExpired | FailureKind::LinkRevoked | FailureKind::LinkRemoved
            ) {
                spawn_local(forget_ended(link.link_id));
            }
            Err(failure)
        }
    }
}

/// Fetches what receives, and begins what takes a moment the first time: workers, and the way through the service worker. For when the
/// list is on the screen.
pub async fn prepare_to_receive() {
    // It is asked for again by the download.
    drop(prepare().await);
}

split_point!(receiving: prepare() -> Result<(), NotLoaded> = async {
    Pool::of_page().warm();
    sinks::can_stream().await;
    sinks::sweep().await;
    Ok(())
});

/// A password without the white space at its ends; `None` if there is none, or nothing else.
fn trimmed(password: &Zeroizing<String>) -> Option<Zeroizing<String>> {
    let trimmed = password.trim();
    (!trimmed.is_empty() && trimmed.len() < password.len()).then(|| Zeroizing::new(trimmed.to_owned()))
}
