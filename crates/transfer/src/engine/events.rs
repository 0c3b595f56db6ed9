//! What a running transfer tells the person's screen: phases, bytes, files. Numbers never go back.

use sealdrop_api::ClaimId;

use crate::{download::checkpoint::Checkpoint, names::sanitize::Renamed, platform::sinks::Proof};

/// What an upload tells.
#[derive(Debug, Clone, PartialEq)]
pub enum SendEvent {
    /// Names that had to change before they could travel, old and new. At most once, before any progress.
    Renamed(Vec<Renamed>),
    /// Where it stands: about four a second, and at every change of phase.
    Progress(SendProgress),
}

/// Where an upload stands. Bytes are plain bytes.
#[derive(Debug, Clone, PartialEq)]
pub struct SendProgress {
    /// What it is doing.
    pub phase: SendPhase,
    /// Acknowledged by the bucket, and on slow lines those on their way; never falls.
    pub sent_bytes: u64,
    /// All of them; `None` for a pipe.
    pub total_bytes: Option<u64>,
    /// Smoothed over ten seconds; `None` until there is something to measure.
    pub bytes_per_second: Option<u64>,
    /// At that speed; `None` where unknown.
    pub seconds_left: Option<u64>,
    /// One for each file given, in the order given.
    pub files: Vec<FileProgress>,
}

/// What an upload is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SendPhase {
    /// Planning and reserving.
    Preparing,
    /// Parts are on their way.
    Sending,
    /// The person paused it; parts that had begun come to their end.
    Pausing,
    /// The person paused it; nothing moves.
    Paused,
    /// The machine has no network, since this moment of the platform's clock (ms).
    WaitingForNetwork {
        /// [`crate::Platform::now`] in ms.
        since_ms: u64,
    },
    /// Something failed that may pass.
    Retrying {
        /// Until the next try.
        in_seconds: u32,
    },
    /// All parts are there; the server puts them together and makes the link.
    Finishing,
}

/// Where one file stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileProgress {
    /// Plain bytes of it sent or received.
    pub bytes: u64,
    /// What happens to it.
    pub state: FileState,
}

/// What happens to one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileState {
    /// Its turn comes.
    Next,
    /// Bytes of it are on their way.
    Running,
    /// The part that it is in failed and is tried again.
    Retrying,
    /// Paused, or no network.
    Waiting,
    /// Acknowledged, or verified.
    Done,
    /// It made the transfer fail.
    Failed,
}

/// What a download tells.
#[derive(Debug, Clone, PartialEq)]
pub enum ReceiveEvent {
    /// Where it stands: about four a second, and at every change of phase.
    Progress(ReceiveProgress),
    /// A file has its name now.
    FileDone {
        /// Its place in the list.
        index: usize,
        /// How much is proven.
        proof: Proof,
    },
    /// The place on the link that this download has, emitted before the server knows of it; nothing once it is counted or given
    /// back.
    Place(Option<ClaimId>),
    /// Something to keep for a later run; only where there may be one ([`crate::ResumeMode`]).
    Checkpoint(Checkpoint),
}

/// Where a download stands. Bytes are plain bytes.
#[derive(Debug, Clone, PartialEq)]
pub struct ReceiveProgress {
    /// What it is doing.
    pub phase: ReceivePhase,
    /// Opened and handed to sinks; never falls.
    pub received_bytes: u64,
    /// All that was chosen.
    pub total_bytes: u64,
    /// Smoothed over ten seconds; `None` until there is something to measure.
    pub bytes_per_second: Option<u64>,
    /// At that speed; `None` where unknown.
    pub seconds_left: Option<u64>,
    /// One for each file of the link, in the list's order; those not chosen stay `Next`.
    pub files: Vec<FileProgress>,
}

/// What a download is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReceivePhase {
    /// Taking a place on the link.
    Claiming,
    /// Ranges arrive, are opened and written.
    Downloading,
    /// The person paused it; ranges that had begun come to their end.
    Pausing,
    /// The person paused it; nothing moves.
    Paused,
    /// Something failed that may pass.
    Retrying {
        /// Until the next try.
        in_seconds: u32,
    },
    /// The machine has no network, since this moment of the platform's clock (ms).
    WaitingForNetwork {
        /// [`crate::Platform::now`] in ms.
        since_ms: u64,
    },
    /// Everything was read; what it proves is compared and the download counted.
    Verifying,
}
