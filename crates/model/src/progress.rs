//! How far a transfer is, in either direction. Bytes are plain bytes.

/// How far a transfer is. Emitted at most about four times a second and at every change of stage; its bytes never fall.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransferProgress {
    /// What it is doing.
    pub stage: Stage,
    /// Sent: acknowledged by the bucket, and on slow lines those on their way. Received: opened and handed to sinks.
    pub bytes: u64,
    /// Bytes of all that is sent or was selected; `None` for a pipe.
    pub total_bytes: Option<u64>,
    /// Smoothed over ten seconds; `None` until there is something to measure.
    pub bytes_per_second: Option<u64>,
    /// At that speed; `None` where unknown.
    pub seconds_left: Option<u64>,
    /// One for each file that was given or is in the link, in that order; files that are not selected stay `Next`.
    pub files: Vec<FileProgress>,
}

/// What a transfer is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Before the first byte: an upload is planned and reserved, or a download is claimed.
    Preparing,
    /// Bytes are on their way.
    Moving,
    /// Paused by the user; parts and ranges that had begun come to their end.
    Pausing,
    /// Paused by the user; nothing moves.
    Paused,
    /// The machine has no network.
    WaitingForNetwork,
    /// Something failed that may pass.
    Retrying {
        /// Until the next try.
        in_seconds: u32,
    },
    /// Every byte is there. The server assembles an upload and makes its link; a download is compared with its seal and counted.
    Finishing,
}

/// How far one file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileProgress {
    /// Bytes of it that were sent or received.
    pub bytes: u64,
    /// What happens to it.
    pub state: FileState,
}

/// What happens to one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileState {
    /// Its turn comes later.
    Next,
    /// Bytes of it are on their way.
    Running,
    /// The part that it is in failed and is tried again.
    Retrying,
    /// Paused, or no network.
    Waiting,
    /// Acknowledged, or received.
    Done,
    /// It made the transfer fail.
    Failed,
}
