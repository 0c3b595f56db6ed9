//! Stand-ins for rendering without a browser: the same names and shapes as the real ones, and nothing happens. Their fields
//! are open, so that tests and the gallery can play any course of events.

#![expect(
    dead_code,
    reason = "the shape is the browser's; what a server does not do stays unused here"
)]

use sealdrop_api::Limits;
use sealdrop_model::{
    Failure, FailureKind, LinkContents, LinkFault, OwnLink, PreviewEvent, ReceiveEvent, Selection, SendOptions,
    UnfinishedDownload, UnfinishedUpload,
};

/// The instant at which a rendering without a clock takes place: 22 November 2026, 22:40 UTC.
pub(crate) const NOW_MS: f64 = 1_795_387_200_000.0;

pub(crate) fn scrub_fragment() -> bool {
    false
}

pub(crate) struct Support {
    pub(crate) can_send: bool,
    pub(crate) can_receive: bool,
    pub(crate) streams_downloads: bool,
    pub(crate) picks_file: bool,
    pub(crate) picks_folder: bool,
    pub(crate) blob_cap_bytes: u64,
    pub(crate) cipher: &'static str,
}

pub(crate) fn support() -> Support {
    Support {
        can_send: true,
        can_receive: true,
        streams_downloads: true,
        picks_file: true,
        picks_folder: true,
        blob_cap_bytes: 0,
        cipher: "WebCrypto",
    }
}

#[derive(Clone)]
pub(crate) struct Picked {
    pub(crate) path: String,
    pub(crate) len: u64,
    pub(crate) modified_ms: Option<i64>,
}

pub(crate) fn picked_from_input(_: &web_sys::HtmlInputElement) -> std::future::Ready<Vec<Picked>> {
    std::future::ready(Vec::new())
}

pub(crate) fn picked_from_text(_: &str, _: &str) -> Option<Picked> {
    None
}

pub(crate) fn pick_files() -> Option<std::future::Ready<Option<Vec<Picked>>>> {
    None
}

pub(crate) async fn picked_from_stored(_: String) -> Option<Vec<Picked>> {
    None
}

pub(crate) struct Dropped {
    pub(crate) files: Vec<Picked>,
    pub(crate) empty_folders: usize,
    pub(crate) unread: Vec<String>,
}

pub(crate) async fn picked_from_drop(_: web_sys::DataTransfer) -> Dropped {
    Dropped {
        files: Vec::new(),
        empty_folders: 0,
        unread: Vec::new(),
    }
}

pub(crate) async fn unreadable(_: Vec<Picked>) -> Vec<usize> {
    Vec::new()
}

pub(crate) fn picked_from_paste(_: &web_sys::DataTransfer) -> std::future::Ready<Vec<Picked>> {
    std::future::ready(Vec::new())
}

pub(crate) async fn limits() -> Result<Limits, Failure> {
    Err(away())
}

pub(crate) fn sealed_bytes(files: &[Picked]) -> u64 {
    files.iter().map(|file| file.len).sum()
}

pub(crate) fn send(_: Vec<Picked>, _: SendOptions, mut on_event: impl FnMut(SendEvent) + 'static) -> TransferHandle {
    on_event(SendEvent::Failed(away()));
    TransferHandle
}

pub(crate) async fn may_have_stored() -> bool {
    false
}

pub(crate) async fn unfinished_uploads() -> Vec<UnfinishedUpload> {
    Vec::new()
}

pub(crate) async fn discard_upload(_: String) -> Result<(), Failure> {
    Err(away())
}

pub(crate) struct TransferHandle;

impl TransferHandle {
    pub(crate) fn cancel(&self) {}
    pub(crate) fn pause(&self) {}
    pub(crate) fn resume(&self) {}
    pub(crate) fn try_now(&self) {}
}

pub(crate) type SendEvent = sealdrop_model::SendEvent<Sent>;

pub(crate) struct Sent {
    pub(crate) link: OwnLink,
    pub(crate) owner: Owner,
}

pub(crate) async fn sent_links() -> Option<Vec<Owner>> {
    None
}

#[derive(Clone)]
pub(crate) struct Owner;

impl Owner {
    pub(crate) fn look(&self) -> Option<OwnLink> {
        None
    }
    pub(crate) async fn refresh(&self) -> Result<OwnLink, Failure> {
        Err(away())
    }
    pub(crate) async fn extend(&self, _: u64) -> Result<OwnLink, Failure> {
        Err(away())
    }
    pub(crate) async fn limit(&self, _: u32) -> Result<OwnLink, Failure> {
        Err(away())
    }
    pub(crate) async fn change_note(&self, _: String) -> Result<OwnLink, Failure> {
        Err(away())
    }
    pub(crate) async fn change_password(&self, _: String) -> Result<OwnLink, Failure> {
        Err(away())
    }
    pub(crate) async fn revoke(&self) -> Result<OwnLink, Failure> {
        Err(away())
    }
    pub(crate) async fn forget(&self) -> bool {
        false
    }
}

pub(crate) struct ReceivedLink;

pub(crate) fn received_link() -> Result<ReceivedLink, LinkFault> {
    Err(LinkFault::NoKey)
}

pub(crate) async fn prepare_to_receive() {}

pub(crate) async fn kept_link() -> Result<ReceivedLink, LinkFault> {
    Err(LinkFault::KeyForgotten)
}

pub(crate) fn received_link_from_text(link: &str) -> Result<ReceivedLink, LinkFault> {
    Err(if link.is_empty() {
        LinkFault::NoKey
    } else {
        LinkFault::Incomplete
    })
}

impl ReceivedLink {
    pub(crate) fn needs_password(&self) -> bool {
        false
    }
    pub(crate) fn expose(&self) -> String {
        String::new()
    }
    pub(crate) async fn open(&self, _: Option<String>) -> Result<OpenedLink, Failure> {
        Err(away())
    }
}

#[derive(Clone)]
pub(crate) struct OpenedLink {
    pub(crate) contents: LinkContents,
}

#[derive(Clone)]
pub(crate) struct PickedLocation;

impl OpenedLink {
    pub(crate) async fn unfinished(&self) -> Result<Option<UnfinishedDownload>, Failure> {
        Ok(None)
    }

    pub(crate) async fn forget_unfinished(&self) {}

    pub(crate) fn go_on(&self, mut on_event: impl FnMut(ReceiveEvent) + 'static) -> TransferHandle {
        on_event(ReceiveEvent::Failed(away()));
        TransferHandle
    }

    pub(crate) fn pick_place(
        &self,
        _: &Selection,
    ) -> Option<std::future::Ready<Result<Option<PickedLocation>, Failure>>> {
        None
    }

    pub(crate) fn download(
        &self,
        _: Selection,
        _: Option<PickedLocation>,
        mut on_event: impl FnMut(ReceiveEvent) + 'static,
    ) -> TransferHandle {
        on_event(ReceiveEvent::Failed(away()));
        TransferHandle
    }

    pub(crate) fn preview(&self, _: usize, mut on_event: impl FnMut(PreviewEvent) + 'static) -> PreviewHandle {
        on_event(PreviewEvent::Failed(away()));
        PreviewHandle
    }
}

pub(crate) fn can_preview(path: &str, len: u64) -> bool {
    use crate::model::items::Kind;
    let is_text = [".txt", ".md", ".csv"].iter().any(|end| path.ends_with(end));
    len > 0 && (is_text || matches!(Kind::of(path), Kind::Image | Kind::Video | Kind::Audio))
}

pub(crate) struct PreviewHandle;

impl PreviewHandle {
    pub(crate) fn close(&self) {}
}

fn away() -> Failure {
    Failure::new(FailureKind::ServerAway)
}
