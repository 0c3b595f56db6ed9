//! A link that came in: read once, opened with or without a password.

use std::{cell::RefCell, rc::Rc};

use sealdrop_transfer::{Link, OpenedLink, open_link};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::spawn_local;
use zeroize::Zeroizing;

use super::{
    failure::{Failure, FailureKind, milliseconds},
    going_on::forget_ended,
    preview::{self, Looks, PreviewEvent, PreviewHandle},
    receive::{self, DownloadHandle, ReceiveEvent, Selection, Start},
};
use crate::{
    platform::BrowserPlatform,
    sinks::{self, Place, service_worker},
    worker::Pool,
};

thread_local! {
    /// What stood behind the `#`, and the path it stood at.
    static TAKEN: RefCell<Option<(String, Zeroizing<String>)>> = const { RefCell::new(None) };
}

/// Where links are.
const LINKS: &str = "/d/";

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

impl From<sealdrop_transfer::LinkFault> for LinkFault {
    fn from(fault: sealdrop_transfer::LinkFault) -> Self {
        match fault {
            sealdrop_transfer::LinkFault::NoKey => Self::NoKey,
            sealdrop_transfer::LinkFault::Incomplete => Self::Incomplete,
            sealdrop_transfer::LinkFault::Foreign => Self::Foreign,
            sealdrop_transfer::LinkFault::NewerVersion => Self::NewerVersion,
        }
    }
}

/// Reads the fragment of a link's page, once, and removes it from the address bar and the history. Does nothing on
/// other pages. Must run before anything else looks at the address.
pub fn take_fragment() {
    let Some(window) = web_sys::window() else { return };
    let location = window.location();
    let (Ok(path), Ok(hash)) = (location.pathname(), location.hash()) else {
        return;
    };
    if !path.starts_with(LINKS) {
        return;
    }
    reload_for_another_link(&window);
    let fragment = hash.trim_start_matches('#');
    if fragment.is_empty() {
        return;
    }
    let scrubbed = format!("{path}{}", location.search().unwrap_or_default());
    if let Ok(history) = window.history() {
        let state = history.state().unwrap_or(JsValue::NULL);
        // An engine that refuses leaves the key in the bar of the person who has the link anyway.
        let _ = history.replace_state_with_url(&state, "", Some(&scrubbed));
    }
    TAKEN.set(Some((path, Zeroizing::new(fragment.to_owned()))));
}

/// Who pastes a link into the address bar of the same page changes nothing but the fragment: start over with it.
fn reload_for_another_link(window: &web_sys::Window) {
    let on_change = Closure::<dyn FnMut()>::new(|| {
        let Some(window) = web_sys::window() else { return };
        let location = window.location();
        let (Ok(path), Ok(hash)) = (location.pathname(), location.hash()) else {
            return;
        };
        let is_key = link_of(&path, hash.trim_start_matches('#')).is_ok();
        if is_key {
            // It stays as it is if the browser refuses.
            let _ = location.reload();
        }
    });
    if window
        .add_event_listener_with_callback("hashchange", on_change.as_ref().unchecked_ref())
        .is_ok()
    {
        // It listens as long as the page lives.
        on_change.forget();
    }
}

fn link_of(path: &str, fragment: &str) -> Result<Link, LinkFault> {
    let id = path
        .strip_prefix(LINKS)
        .ok_or(LinkFault::Foreign)?
        .trim_end_matches('/');
    let id = id.parse().map_err(|_| LinkFault::Incomplete)?;
    if fragment.is_empty() {
        return Err(LinkFault::NoKey);
    }
    Ok(Link::from_halves(&origin(), id, fragment)?)
}

fn origin() -> String {
    web_sys::window()
        .and_then(|window| window.location().origin().ok())
        .unwrap_or_default()
}

/// The link of this page, from its address and the fragment that [`take_fragment`] took.
///
/// # Errors
/// [`LinkFault`].
pub fn incoming() -> Result<Incoming, LinkFault> {
    let path = web_sys::window()
        .and_then(|window| window.location().pathname().ok())
        .unwrap_or_default();
    TAKEN.with_borrow(|taken| {
        let fragment = taken
            .as_ref()
            .filter(|(of, _)| *of == path)
            .map_or("", |(_, fragment)| fragment.as_str());
        link_of(&path, fragment).map(Incoming::new)
    })
}

/// A whole link that was pasted.
///
/// # Errors
/// [`LinkFault`]; [`LinkFault::Foreign`] also for a link of another server.
pub fn incoming_from_text(link: &str) -> Result<Incoming, LinkFault> {
    let link = Link::parse(link)?;
    if link.origin != origin() {
        return Err(LinkFault::Foreign);
    }
    Ok(Incoming::new(link))
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

    /// Opens the list of files. Counts nothing.
    ///
    /// # Errors
    /// `WrongPassword` or `LinkGone` and its kin, `NotWhatWasSealed`, `NewerVersion`, `ServerAway`.
    pub async fn open(&self, password: Option<String>) -> Result<Opened, Failure> {
        let platform = BrowserPlatform::new();
        let password = password.map(Zeroizing::new);
        let opened = match open_link(&platform, &self.link, password.as_ref()).await {
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
