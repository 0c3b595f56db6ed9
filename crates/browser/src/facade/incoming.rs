//! A link that came in: read once, opened with or without a password.

use std::rc::Rc;

use sealdrop_transfer::{Link, OpenedLink, TransferError, link_id_of, open_link};
use wasm_bindgen_futures::spawn_local;
use web_sys::Url;
use zeroize::Zeroizing;

use super::{
    address,
    failure::{Failure, FailureKind, milliseconds},
    going_on::forget_ended,
    preview::{self, Looks, PreviewEvent, PreviewHandle},
    receive::{self, DownloadHandle, ReceiveEvent, Selection, Start},
};
use crate::{
    journal,
    platform::BrowserPlatform,
    sinks::{self, Place, service_worker},
    worker::Pool,
};

/// What is wrong with a link, found without asking anybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LinkFault {
    /// Nothing follows the `#`.
    NoKey,
    /// The page was reloaded or came back from the history, and its key could not be kept.
    KeyForgotten,
    /// Cut off.
    Incomplete,
    /// As long as a link and not right.
    Altered,
    /// A link of another server, or no link at all.
    Foreign,
    /// Made by a newer version of this program.
    NewerVersion,
}

impl From<sealdrop_transfer::LinkFault> for LinkFault {
    fn from(fault: sealdrop_transfer::LinkFault) -> Self {
        match fault {
            sealdrop_transfer::LinkFault::NoKey => Self::NoKey,
            sealdrop_transfer::LinkFault::Incomplete => Self::Incomplete,
            sealdrop_transfer::LinkFault::Altered => Self::Altered,
            sealdrop_transfer::LinkFault::Foreign => Self::Foreign,
            sealdrop_transfer::LinkFault::NewerVersion => Self::NewerVersion,
        }
    }
}

/// The link of this page, from the address that [`take_fragment`] took. The tab keeps its key from now on.
///
/// # Errors
/// [`LinkFault`]; the tab may have kept a whole one all the same, see [`incoming_kept`].
pub fn incoming() -> Result<Incoming, LinkFault> {
    let link = read(&address::taken().unwrap_or_else(address::of_page))?;
    let (link_id, key) = (link.link_id, link.key());
    spawn_local(async move { journal::keep_in_tab(link_id, &key).await });
    Ok(Incoming::new(link))
}

/// The link of this page, from what this tab kept when it opened it before.
///
/// # Errors
/// [`LinkFault`]: there is none, or no key.
pub async fn incoming_kept() -> Result<Incoming, LinkFault> {
    let (_, link_id) = link_id_of(&address::of_page())?;
    let kept = journal::kept_in_tab(link_id).await.ok_or_else(address::why_no_key)?;
    incoming_from_text(&format!("{}/d/{link_id}#{}", address::origin(), *kept))
}

/// A whole link that was pasted.
///
/// # Errors
/// [`LinkFault`]; [`LinkFault::Foreign`] also for a link of another server.
pub fn incoming_from_text(link: &str) -> Result<Incoming, LinkFault> {
    read(link).map(Incoming::new)
}

/// Reads a link of this server.
fn read(text: &str) -> Result<Link, LinkFault> {
    let mut link = Link::parse(text)?;
    let own = address::origin();
    // A browser writes an origin in its own way, as names of other scripts.
    let written = Url::new(&link.origin).map(|url| url.origin());
    if written.is_ok_and(|origin| origin != own) {
        return Err(LinkFault::Foreign);
    }
    link.origin = own;
    Ok(link)
}

/// A link that is whole and belongs here.
#[derive(Debug, Clone)]
pub struct Incoming {
    link: Rc<Link>,
}

impl Incoming {
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
    pub async fn open(&self, password: Option<String>) -> Result<Opened, Failure> {
        let platform = BrowserPlatform::new();
        let password = password.map(Zeroizing::new);
        let mut answer = open_link(&platform, &self.link, password.as_ref()).await;
        if matches!(answer, Err(TransferError::WrongPassword))
            && let Some(trimmed) = password.as_ref().and_then(trimmed)
        {
            answer = open_link(&platform, &self.link, Some(&trimmed)).await;
        }
        let opened = match answer {
            Ok(opened) => opened,
            Err(error) => {
                let failure = Failure::from(error);
                if matches!(failure.kind, FailureKind::LinkExpired | FailureKind::LinkRevoked) {
                    forget_ended(self.link.link_id).await;
                }
                return Err(failure);
            }
        };
        // They will be needed soon, and take a moment the first time.
        Pool::of_page().warm();
        spawn_local(async {
            service_worker::streams().await;
            sinks::sweep().await;
        });
        Ok(Opened::new(opened))
    }
}

/// A password without the white space at its ends; `None` if there is none, or nothing else.
fn trimmed(password: &Zeroizing<String>) -> Option<Zeroizing<String>> {
    let trimmed = password.trim();
    (!trimmed.is_empty() && trimmed.len() < password.len()).then(|| Zeroizing::new(trimmed.to_owned()))
}

/// An opened link.
#[derive(Debug, Clone)]
pub struct Opened {
    /// Name of the file, or of the whole.
    pub name: String,
    /// The sender's words: plain text.
    pub note: Option<String>,
    /// The files, in the sender's order.
    pub files: Vec<OpenedFile>,
    /// Their plain bytes.
    pub plain_bytes: u64,
    /// When the link ends, in milliseconds since 1970 UTC.
    pub expires_at_ms: f64,
    /// Downloads that are left.
    pub downloads_left: u32,
    /// Downloads at most.
    pub max_downloads: u32,
    pub(super) link: Rc<OpenedLink>,
    pub(super) looks: Rc<Looks>,
}

/// A file of an opened link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenedFile {
    /// Its relative path with `/`.
    pub path: String,
    /// Its bytes.
    pub len: u64,
    /// Its media type as the sender's browser guessed it: for display only.
    pub mime: Option<String>,
}

impl Opened {
    fn new(link: OpenedLink) -> Self {
        let link = Rc::new(link);
        let files = link.files.iter();
        Self {
            name: link.name.clone(),
            note: link.note.clone(),
            files: files
                .map(|file| OpenedFile {
                    path: file.path.clone(),
                    len: file.len,
                    mime: file.mime.clone(),
                })
                .collect(),
            plain_bytes: link.plain_bytes,
            expires_at_ms: milliseconds(link.expires_at),
            downloads_left: link.downloads_left,
            max_downloads: link.max_downloads,
            looks: Rc::new(Looks::new(link.clone())),
            link,
        }
    }

    /// Lets the person choose where it goes: a file for one, a folder for several. To be called inside the click; `None`
    /// where this engine has no such picker. Comes to no place if the person thinks better of it.
    pub fn pick_place(
        &self,
        which: &Selection,
    ) -> Option<impl Future<Output = Result<Option<Place>, Failure>> + use<>> {
        let one = match which {
            Selection::All if self.files.len() > 1 => None,
            Selection::All => self.files.first(),
            Selection::One(file) => self.files.get(*file),
            Selection::Picked(files) => match files.as_slice() {
                [file] => self.files.get(*file),
                _ => None,
            },
        };
        let picking = sinks::pick(one.map(|file| file.path.as_str()))?;
        Some(async move { picking.await.map_err(Failure::from) })
    }

    /// Starts a download, into a place that was chosen or with the browser's others; one claim for all that is selected.
    /// To be called from the handler of a click.
    pub fn download(
        &self,
        which: Selection,
        place: Option<Place>,
        on_event: impl FnMut(ReceiveEvent) + 'static,
    ) -> DownloadHandle {
        receive::start(self, Start::New(which, place), on_event)
    }

    /// Looks at one file, by its place in the list. To be called from the handler of a click, which makes the claim.
    pub fn preview(&self, file: usize, on_event: impl FnMut(PreviewEvent) + 'static) -> PreviewHandle {
        preview::start(self, file, on_event)
    }
}
