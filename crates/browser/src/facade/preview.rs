//! Looking at one file of an opened link. Nothing of it is saved, and it takes no download.

use std::{cell::RefCell, rc::Rc};

use sealdrop_transfer::{
    Chunk, Control, DeviceFault, Medium, OpenedLink, Preview, PreviewClaim, PreviewFormat, TransferError, judge,
};
use wasm_bindgen_futures::spawn_local;

use super::failure::Failure;
use crate::facade::link::opened::Opened;
use crate::{
    platform::BrowserPlatform,
    preview::{Served, serve},
    sinks::service_worker,
    split::{Hear, NotLoaded, split_point},
};

/// Bytes from which a file is recognised.
const HEAD: u64 = 64 << 10;
/// Bytes of a text that are shown; the rest is in the download.
const TEXT: u64 = 512 << 10;

/// What happens while somebody looks.
#[derive(Debug, Clone)]
pub enum PreviewEvent {
    /// There is something to see.
    Showing(Shown),
    /// Files like this one are not shown. The last event.
    Refused(PreviewRefusal),
    /// It did not work, or works no longer. The last event.
    Failed(Failure),
}

/// What there is to see: an address for an element of this page, valid until the preview is closed; or letters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shown {
    /// For `<img>`.
    Image(String),
    /// For `<audio>`.
    Audio(String),
    /// For `<video>`.
    Video(String),
    /// For a text node, never for markup.
    Text {
        /// The beginning, or all of it.
        text: String,
        /// Bytes that are not in it.
        left: u64,
    },
}

/// Why a file is not shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PreviewRefusal {
    /// There is nothing in it.
    Empty,
    /// Its content is not what its name says.
    NotAsNamed,
    /// A picture that would take too much memory.
    TooLarge,
    /// This browser cannot: nothing here shows such files, or it has no service worker.
    Unsupported,
}

impl From<sealdrop_transfer::PreviewRefusal> for PreviewRefusal {
    fn from(refusal: sealdrop_transfer::PreviewRefusal) -> Self {
        use sealdrop_transfer::PreviewRefusal as Refusal;
        match refusal {
            Refusal::Unknown => Self::Unsupported,
            Refusal::Empty => Self::Empty,
            Refusal::NotAsNamed => Self::NotAsNamed,
            Refusal::TooLarge => Self::TooLarge,
        }
    }
}

/// Whether files of this name and length may be worth a try.
#[must_use]
pub fn can_preview(path: &str, len: u64) -> bool {
    len > 0 && sealdrop_transfer::medium_of(path).is_some()
}

/// The handle of a preview. Dropping it closes nothing.
#[derive(Debug, Clone)]
pub struct PreviewHandle {
    control: Control,
}

impl PreviewHandle {
    /// Ends it: its address leads nowhere any longer.
    pub fn close(&self) {
        self.control.cancel();
    }
}

impl Opened {
    /// Looks at one file, by its place in the list. To be called from the handler of a click, which makes the claim.
    pub fn preview(&self, file: usize, on_event: impl FnMut(PreviewEvent) + 'static) -> PreviewHandle {
        start(self, file, on_event)
    }
}

fn start(opened: &Opened, file: usize, on_event: impl FnMut(PreviewEvent) + 'static) -> PreviewHandle {
    let control = Control::new();
    let handle = PreviewHandle {
        control: control.clone(),
    };
    let (link, claim) = (opened.link.clone(), opened.looks.claim.clone());
    spawn_local(async move {
        let hear: Hear<PreviewEvent> = Rc::new(RefCell::new(on_event));
        let tell = |event| (hear.borrow_mut())(event);
        let Some(claim) = claim else {
            let error = TransferError::device(DeviceFault::Random, "");
            return tell(PreviewEvent::Failed(error.into()));
        };
        if let Err(not_loaded) = look_at(link, file, claim, control, hear.clone()).await {
            tell(PreviewEvent::Failed(not_loaded.into()));
        }
    });
    handle
}

split_point!(preview: look_at(link: Rc<OpenedLink>, file: usize, claim: Rc<PreviewClaim>, control: Control, hear: Hear<PreviewEvent>) -> Result<(), NotLoaded>
    = async move { tell_all(&link, file, &claim, &control, &hear).await; Ok(()) });

async fn tell_all(link: &OpenedLink, file: usize, claim: &PreviewClaim, control: &Control, hear: &Hear<PreviewEvent>) {
    let tell = |event| (hear.borrow_mut())(event);
    let platform = BrowserPlatform::new();
    let show = async |preview: &Preview<'_, BrowserPlatform>| show(preview, &tell).await;
    match sealdrop_transfer::preview(&platform, link, file, claim, control, show).await {
        Ok(()) | Err(TransferError::Cancelled) => {}
        Err(error) => tell(PreviewEvent::Failed(error.into())),
    }
}

/// Decides by name and content, shows it, and answers what its element asks for until the preview is closed.
async fn show(preview: &Preview<'_, BrowserPlatform>, tell: &dyn Fn(PreviewEvent)) -> Result<(), TransferError> {
    let head = bytes(preview, HEAD).await?;
    let format = match judge(preview.path(), preview.file_len(), &head) {
        Ok(format) => format,
        Err(refusal) => {
            tell(PreviewEvent::Refused(refusal.into()));
            return Ok(());
        }
    };
    let PreviewFormat { medium, mime } = format;
    if medium == Medium::Text {
        let (text, left) = text(preview).await?;
        tell(PreviewEvent::Showing(Shown::Text { text, left }));
        return Ok(());
    }
    let Some(worker) = service_worker::active().await else {
        tell(PreviewEvent::Refused(PreviewRefusal::Unsupported));
        return Ok(());
    };
    let mut served = Served::open(worker, mime, preview.file_len()).await?;
    let address = served.address();
    tell(PreviewEvent::Showing(match medium {
        Medium::Image => Shown::Image(address),
        Medium::Audio => Shown::Audio(address),
        Medium::Video | Medium::Text => Shown::Video(address),
    }));
    serve(preview, &mut served).await
}

/// The beginning of a file.
async fn bytes(preview: &Preview<'_, BrowserPlatform>, most: u64) -> Result<Vec<u8>, TransferError> {
    let pieces = preview.read(0..most).await?;
    Ok(pieces.iter().flat_map(Chunk::to_vec).collect())
}

/// As much of a text as is shown, without a letter that is cut, and the bytes that are left. What is no letter is
/// shown as one that says so.
async fn text(preview: &Preview<'_, BrowserPlatform>) -> Result<(String, u64), TransferError> {
    let mut bytes = bytes(preview, TEXT).await?;
    if let Err(cut) = str::from_utf8(&bytes)
        && cut.error_len().is_none()
        && preview.file_len() > bytes.len() as u64
    {
        bytes.truncate(cut.valid_up_to());
    }
    let text = String::from_utf8_lossy(&bytes);
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text).to_owned();
    Ok((text, preview.file_len() - bytes.len() as u64))
}
