//! What a download ends with.

use core::time::Duration;

/// What was received.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Receipt {
    /// Files saved.
    pub files: usize,
    /// Plain bytes of them.
    pub plain_bytes: u64,
    /// How long it took.
    pub took: Duration,
    /// Records that were opened and verified.
    pub records: u64,
    /// Whether the server said that it counted the download. If the server could not be reached at the very end, or the user stopped
    /// waiting for that, the files are saved and verified all the same, and it may have been counted or not.
    pub counted: bool,
    /// Name of the archive, where the sinks made one of several files.
    pub archive: Option<String>,
}
