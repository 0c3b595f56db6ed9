//! Receiving: claim, fetch, open, hand to the browser, verify, commit.

use super::{
    failure::{Failure, FailureKind},
    incoming::Opened,
    progress::FileProgress,
};

/// What to download.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Selection {
    /// Every file, one after another.
    All,
    /// One file, by its place in the list.
    One(usize),
}

/// What happens while receiving.
#[derive(Debug, Clone)]
pub enum ReceiveEvent {
    /// How far it is: at most four a second, and never going back.
    Progress(ReceiveProgress),
    /// A file is saved.
    FileDone {
        /// Its place in the list.
        index: usize,
        /// Whether the whole object behind it was verified: "unaltered". Otherwise it is "complete".
        whole: bool,
    },
    /// Everything is saved, verified and counted. The last event.
    Done(Receipt),
    /// It did not work. The last event.
    Failed(Failure),
    /// The person stopped it. The last event.
    Cancelled,
}

/// How far receiving is.
#[derive(Debug, Clone, PartialEq)]
pub struct ReceiveProgress {
    /// What is going on.
    pub phase: ReceivePhase,
    /// Plain bytes that the browser has taken.
    pub received_bytes: u64,
    /// Plain bytes of all that was selected.
    pub total_bytes: u64,
    /// Plain bytes a second, smoothed; nothing until it can be told.
    pub bytes_per_second: Option<u64>,
    /// Seconds left, smoothed; nothing until it can be told.
    pub seconds_left: Option<u64>,
    /// Every file of the link, in the list's order.
    pub files: Vec<FileProgress>,
}

/// What is going on while receiving.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum ReceivePhase {
    /// A place on the link is being taken.
    Claiming,
    /// Bytes are coming.
    Downloading,
    /// Something failed and is tried again.
    Retrying {
        /// In how many seconds.
        in_seconds: u32,
    },
    /// The network is away.
    WaitingForNetwork,
    /// All bytes are there; the whole is being compared with what was sealed.
    Verifying,
}

/// What was received.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Receipt {
    /// How many files.
    pub files: usize,
    /// Their plain bytes.
    pub plain_bytes: u64,
    /// How long it took, in seconds.
    pub seconds: f64,
    /// Sealed records that were opened and verified.
    pub pieces: u64,
}

/// The handle of a running download. Dropping it stops nothing.
#[derive(Debug, Clone)]
pub struct DownloadHandle {
    _private: (),
}

impl DownloadHandle {
    /// Stops it and gives the place on the link back.
    pub fn cancel(&self) {}
}

pub(super) fn start(
    opened: &Opened,
    which: Selection,
    on_event: impl FnMut(ReceiveEvent) + 'static,
) -> DownloadHandle {
    let _ = (opened, which);
    let mut on_event = on_event;
    wasm_bindgen_futures::spawn_local(async move {
        on_event(ReceiveEvent::Failed(Failure::new(FailureKind::Unsupported)));
    });
    DownloadHandle { _private: () }
}
