//! A link that came in: read once, opened with or without a password.

use std::cell::RefCell;

use super::{
    failure::{Failure, FailureKind},
    receive::{DownloadHandle, ReceiveEvent, Selection},
};

thread_local! {
    static TAKEN: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// What is wrong with a link, found without asking anybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LinkFault {
    /// Nothing follows the `#`.
    NoKey,
    /// Cut off or mistyped.
    Incomplete,
    /// A link of another server, or no link at all.
    Foreign,
    /// Made by a newer version of this program.
    NewerVersion,
}

/// Reads the fragment of a link's page, once, and removes it from the address bar and the history. Does nothing on
/// other pages. Must run before anything else looks at the address.
pub fn take_fragment() {
    let Some(window) = web_sys::window() else { return };
    let location = window.location();
    if !location.pathname().is_ok_and(|path| path.starts_with("/d/")) {
        return;
    }
    if let Ok(hash) = location.hash()
        && !hash.is_empty()
    {
        TAKEN.set(Some(hash.trim_start_matches('#').to_owned()));
    }
}

/// The link of this page, from its address and the fragment that [`take_fragment`] took.
///
/// # Errors
/// [`LinkFault`].
pub fn incoming() -> Result<Incoming, LinkFault> {
    Err(LinkFault::NoKey)
}

/// A whole link that was pasted.
///
/// # Errors
/// [`LinkFault`].
pub fn incoming_from_text(link: &str) -> Result<Incoming, LinkFault> {
    let _ = link;
    Err(LinkFault::Foreign)
}

/// A link that is whole and belongs here.
#[derive(Debug, Clone)]
pub struct Incoming {
    _private: (),
}

impl Incoming {
    /// Whether it asks for a password.
    #[must_use]
    pub fn needs_password(&self) -> bool {
        false
    }

    /// Opens the list of files. Counts nothing.
    ///
    /// # Errors
    /// [`FailureKind::WrongPassword`] or [`FailureKind::LinkGone`] and its kin, [`FailureKind::NotWhatWasSealed`],
    /// [`FailureKind::NewerVersion`], [`FailureKind::ServerAway`].
    pub async fn open(&self, password: Option<String>) -> Result<Opened, Failure> {
        drop(password);
        Err(Failure::new(FailureKind::Unsupported))
    }
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
    /// Starts a download; one claim for all that is selected. To be called from the handler of a click.
    pub fn download(&self, which: Selection, on_event: impl FnMut(ReceiveEvent) + 'static) -> DownloadHandle {
        super::receive::start(self, which, on_event)
    }
}
