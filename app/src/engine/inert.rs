//! Stand-ins for rendering without a browser: the same names and shapes as the real ones, and nothing happens. Their fields
//! are open, so that tests and the gallery can play any course of events.

#![expect(
    dead_code,
    reason = "the shape is the browser's; what a server does not do stays unused here"
)]

use sealdrop_api::{LimitKind, Limits, ProblemType, links::LinkState};
use sealdrop_model::TransferProgress;

/// The instant at which a rendering without a clock takes place: 22 November 2026, 22:40 UTC.
pub(crate) const NOW_MS: f64 = 1_795_387_200_000.0;

pub(crate) fn take_fragment() -> bool {
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
    Err(Failure::away())
}

pub(crate) fn sealed_bytes(files: &[Picked]) -> u64 {
    files.iter().map(|file| file.len).sum()
}

pub(crate) struct SendOptions {
    pub(crate) title: Option<String>,
    pub(crate) note: String,
    pub(crate) password: Option<String>,
    pub(crate) expires_in: u64,
    pub(crate) max_downloads: u32,
    pub(crate) going_on: Option<String>,
    pub(crate) send_changed: bool,
    pub(crate) forget: bool,
}

pub(crate) fn send(_: Vec<Picked>, options: SendOptions, mut on_event: impl FnMut(SendEvent) + 'static) -> SendHandle {
    let SendOptions {
        title: _,
        note: _,
        password: _,
        expires_in: _,
        max_downloads: _,
        going_on: _,
        send_changed: _,
        forget: _,
    } = options;
    on_event(SendEvent::Failed(Failure::away()));
    SendHandle
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct UnfinishedUpload {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) title: Option<String>,
    pub(crate) files: usize,
    pub(crate) plain_bytes: u64,
    pub(crate) sent_bytes: u64,
    pub(crate) begun_ms: f64,
    pub(crate) note: String,
    pub(crate) expires_in: Option<u64>,
    pub(crate) max_downloads: Option<u32>,
    pub(crate) has_password: bool,
    pub(crate) stored: bool,
    pub(crate) in_use: bool,
}

pub(crate) async fn may_have_stored() -> bool {
    false
}

pub(crate) async fn unfinished_uploads() -> Vec<UnfinishedUpload> {
    Vec::new()
}

pub(crate) async fn discard_upload(_: String) -> Result<(), Failure> {
    Err(Failure::away())
}

pub(crate) struct SendHandle;

impl SendHandle {
    pub(crate) fn cancel(&self) {}
    pub(crate) fn pause(&self) {}
    pub(crate) fn resume(&self) {}
    pub(crate) fn try_now(&self) {}
}

pub(crate) enum SendEvent {
    Kept(String),
    Renamed(Vec<(String, String)>),
    Progress(TransferProgress),
    Done(Sent),
    Failed(Failure),
    Cancelled,
}

pub(crate) struct Sent {
    pub(crate) link: OwnLink,
    pub(crate) owner: Owner,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct OwnLink {
    pub(crate) link_id: String,
    pub(crate) link: String,
    pub(crate) address: String,
    pub(crate) key: String,
    pub(crate) name: String,
    pub(crate) note: String,
    pub(crate) files: u64,
    pub(crate) listed: Vec<(String, u64)>,
    pub(crate) plain_bytes: u64,
    pub(crate) created_ms: f64,
    pub(crate) expires_at_ms: f64,
    pub(crate) max_downloads: u32,
    pub(crate) used: u32,
    pub(crate) active: u32,
    pub(crate) opened: u64,
    pub(crate) failed: u32,
    pub(crate) state: LinkState,
    pub(crate) has_password: bool,
    pub(crate) revivable_until_ms: Option<f64>,
    pub(crate) is_kept: bool,
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
        Err(Failure::away())
    }
    pub(crate) async fn extend(&self, _: u64) -> Result<OwnLink, Failure> {
        Err(Failure::away())
    }
    pub(crate) async fn limit(&self, _: u32) -> Result<OwnLink, Failure> {
        Err(Failure::away())
    }
    pub(crate) async fn change_note(&self, _: String) -> Result<OwnLink, Failure> {
        Err(Failure::away())
    }
    pub(crate) async fn change_password(&self, _: String) -> Result<OwnLink, Failure> {
        Err(Failure::away())
    }
    pub(crate) async fn revoke(&self) -> Result<OwnLink, Failure> {
        Err(Failure::away())
    }
    pub(crate) async fn forget(&self) -> bool {
        false
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LinkFault {
    NoKey,
    KeyForgotten,
    Incomplete,
    Altered,
    Foreign,
    NewerVersion,
}

pub(crate) struct Incoming;

pub(crate) fn incoming() -> Result<Incoming, LinkFault> {
    Err(LinkFault::NoKey)
}

pub(crate) async fn prepare_to_receive() {}

pub(crate) async fn incoming_kept() -> Result<Incoming, LinkFault> {
    Err(LinkFault::KeyForgotten)
}

pub(crate) fn incoming_from_text(link: &str) -> Result<Incoming, LinkFault> {
    Err(if link.is_empty() {
        LinkFault::NoKey
    } else {
        LinkFault::Incomplete
    })
}

impl Incoming {
    pub(crate) fn needs_password(&self) -> bool {
        false
    }
    pub(crate) fn expose(&self) -> String {
        String::new()
    }
    pub(crate) async fn open(&self, _: Option<String>) -> Result<Opened, Failure> {
        Err(Failure::away())
    }
}

#[derive(Clone)]
pub(crate) struct Opened {
    pub(crate) name: String,
    pub(crate) note: Option<String>,
    pub(crate) files: Vec<OpenedFile>,
    pub(crate) plain_bytes: u64,
    pub(crate) expires_at_ms: f64,
    pub(crate) downloads_left: u32,
    pub(crate) max_downloads: u32,
}

#[derive(Clone)]
pub(crate) struct OpenedFile {
    pub(crate) path: String,
    pub(crate) len: u64,
}

pub(crate) enum Selection {
    All,
    One(usize),
    Picked(Vec<usize>),
}

#[derive(Clone)]
pub(crate) struct Place;

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct UnfinishedDownload {
    pub(crate) state: UnfinishedState,
    pub(crate) files: usize,
    pub(crate) received_bytes: u64,
    pub(crate) total_bytes: u64,
    pub(crate) begun_ms: f64,
    pub(crate) placed: bool,
    pub(crate) chosen: Option<Vec<usize>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum UnfinishedState {
    Ready,
    InUse,
    Lost,
}

impl Opened {
    pub(crate) async fn unfinished(&self) -> Result<Option<UnfinishedDownload>, Failure> {
        Ok(None)
    }

    pub(crate) async fn forget_unfinished(&self) {}

    pub(crate) fn go_on(&self, mut on_event: impl FnMut(ReceiveEvent) + 'static) -> DownloadHandle {
        on_event(ReceiveEvent::Failed(Failure::away()));
        DownloadHandle
    }

    pub(crate) fn pick_place(&self, _: &Selection) -> Option<std::future::Ready<Result<Option<Place>, Failure>>> {
        None
    }

    pub(crate) fn download(
        &self,
        which: Selection,
        _: Option<Place>,
        mut on_event: impl FnMut(ReceiveEvent) + 'static,
    ) -> DownloadHandle {
        match which {
            Selection::All | Selection::One(_) | Selection::Picked(_) => {
                on_event(ReceiveEvent::Failed(Failure::away()))
            }
        }
        DownloadHandle
    }

    pub(crate) fn preview(&self, _: usize, mut on_event: impl FnMut(PreviewEvent) + 'static) -> PreviewHandle {
        on_event(PreviewEvent::Failed(Failure::away()));
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

pub(crate) enum PreviewEvent {
    Showing(Shown),
    Refused(PreviewRefusal),
    Failed(Failure),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Shown {
    Image(String),
    Audio(String),
    Video(String),
    Text { text: String, left: u64 },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PreviewRefusal {
    Empty,
    NotAsNamed,
    TooLarge,
    Unsupported,
}

pub(crate) struct DownloadHandle;

impl DownloadHandle {
    pub(crate) fn cancel(&self) {}
    pub(crate) fn pause(&self) {}
    pub(crate) fn resume(&self) {}
    pub(crate) fn try_now(&self) {}
}

pub(crate) enum ReceiveEvent {
    Kept(bool),
    Progress(TransferProgress),
    FileDone { index: usize, whole: bool },
    Done(Receipt),
    Failed(Failure),
    Cancelled,
}

pub(crate) struct Receipt {
    pub(crate) archive: Option<String>,
    pub(crate) files: usize,
    pub(crate) plain_bytes: u64,
    pub(crate) seconds: f64,
    pub(crate) pieces: u64,
}

#[derive(Debug, Clone)]
pub(crate) struct Failure {
    pub(crate) kind: FailureKind,
    pub(crate) problem: Option<ProblemType>,
    pub(crate) detail: Option<String>,
    pub(crate) file: Option<String>,
    pub(crate) ended_at_ms: Option<f64>,
    pub(crate) revivable_until_ms: Option<f64>,
    pub(crate) limit: Option<u64>,
    pub(crate) limit_kind: Option<LimitKind>,
    pub(crate) status: Option<u16>,
    pub(crate) free_in: Option<u64>,
}

impl Failure {
    fn away() -> Self {
        Self {
            kind: FailureKind::ServerAway,
            problem: None,
            detail: None,
            file: None,
            ended_at_ms: None,
            revivable_until_ms: None,
            limit: None,
            limit_kind: None,
            status: None,
            free_in: None,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FailureKind {
    WrongPassword,
    LinkGone,
    LinkExpired,
    LinkExhausted,
    LinkRevoked,
    LinkBusy,
    TooLarge,
    GuestsOff,
    StorageFull,
    NotWhatWasSealed,
    SourceChanged,
    SourceUnreadable,
    EtagHidden,
    DiskFull,
    SaveRefused,
    SaveInterrupted,
    StartOver,
    TooLargeForBrowser,
    RefusedOnTheWay,
    WrongAddress,
    StorageUnreachable,
    ServerAway,
    NewerVersion,
    Unsupported,
    LinkExists,
    UploadInUse,
    InvalidInput(InvalidInput),
    Device(DeviceFault),
    Other,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum InvalidInput {
    FileCount,
    LinkSize,
    ListSize,
    NoteSize,
    PasswordSize,
    PipeSize,
    PasswordChange,
    NoSuchFile,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DeviceFault {
    Random,
    Cipher,
    Worker,
    ServiceWorker,
    Journal,
    Internal,
}
