//! Looking at one file of an opened link. Nothing of it is saved, and it takes no download.

use std::rc::Rc;

use sealdrop_model::{DeviceFault, PreviewEvent, PreviewRefusal, Shown};
use sealdrop_transfer::{Chunk, Control, Medium, Preview, PreviewClaim, PreviewFormat, TransferError, judge};

use crate::facade::{
    link::opened::OpenedLink,
    transfer_handle::{self, EventListener},
};
use crate::{
    platform::BrowserPlatform,
    preview::{Served, serve},
    sinks::service_worker,
    split::{NotLoaded, split_point},
};

/// Bytes from which a file is recognised.
const HEAD: u64 = 64 << 10;
/// Bytes of a text that are shown; the rest is in the download.
const TEXT: u64 = 512 << 10;

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

impl OpenedLink {
    /// PreviewSession at one file, by its place in the list. To be called from the handler of a click, which makes the claim.
    pub fn preview(&self, file: usize, on_event: impl FnMut(PreviewEvent) + 'static) -> PreviewHandle {
        let (link, claim) = (self.link.clone(), self.preview_session.claim.clone());
        let work = async move |control, listener: EventListener<PreviewEvent>| {
            let Some(claim) = claim else {
                let error = TransferError::device(DeviceFault::Random, "");
                (listener.borrow_mut())(PreviewEvent::Failed(error.into()));
                return Ok(());
            };
            look_at(link, file, claim, control, listener).await
        };
        PreviewHandle {
            control: transfer_handle::start(on_event, PreviewEvent::Failed, work),
        }
    }
}

split_point!(preview: look_at(link: Rc<sealdrop_transfer::OpenedLink>, file: usize, claim: Rc<PreviewClaim>, control: Control, listener: EventListener<PreviewEvent>) -> Result<(), NotLoaded>
    = async move { tell_all(&link, file, &claim, &control, &listener).await; Ok(()) });

async fn tell_all(
    link: &sealdrop_transfer::OpenedLink,
    file: usize,
    claim: &PreviewClaim,
    control: &Control,
    listener: &EventListener<PreviewEvent>,
) {
    let tell = |event| (listener.borrow_mut())(event);
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
            tell(PreviewEvent::Refused(refusal));
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
