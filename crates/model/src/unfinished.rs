//! Transfers that did not come to their end and can be resumed.

use serde::{Deserialize, Serialize};

/// What an unfinished upload is recognised by, as its journal keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnfinishedSummary {
    /// What the whole is called.
    pub name: String,
    /// The name that the sender gave it, if any.
    #[serde(default)]
    pub title: Option<String>,
    /// How many files.
    pub files: usize,
    /// Plain bytes of them.
    pub plain_bytes: u64,
    /// Scheme, host and port of the server.
    pub origin: String,
    /// The sender's words; may be empty.
    pub note: String,
    /// Seconds that the link shall live, if it was chosen.
    pub expires_in: Option<u64>,
    /// Downloads of the link, if it was chosen.
    pub max_downloads: Option<u32>,
    /// Whether a password was set. It is not kept: it must be typed again.
    pub has_password: bool,
}

/// An upload that can be resumed with the same files.
#[derive(Debug, Clone, PartialEq)]
pub struct UnfinishedUpload {
    /// Names it in this browser.
    pub id: String,
    /// What it is recognised by.
    pub summary: UnfinishedSummary,
    /// Plain bytes that the storage took.
    pub sent_bytes: u64,
    /// When it was begun, in milliseconds since 1970 UTC.
    pub begun_ms: f64,
    /// Whether the browser may find its files by itself.
    pub stored: bool,
    /// Whether another tab resumes it at this moment.
    pub in_use: bool,
}

/// A download of a link that an earlier page left unfinished.
#[derive(Debug, Clone, PartialEq)]
pub struct UnfinishedDownload {
    /// Whether it can be resumed.
    pub state: UnfinishedState,
    /// Files that were chosen.
    pub files: usize,
    /// Plain bytes that are here, opened and checked.
    pub received_bytes: u64,
    /// Plain bytes of all that was chosen.
    pub total_bytes: u64,
    /// When it was begun, in milliseconds since 1970 UTC.
    pub begun_ms: f64,
    /// Whether it goes to a location that the user picked.
    pub placed: bool,
    /// Positions in the list of what was chosen; `None` means all.
    pub chosen: Option<Vec<usize>>,
}

/// Whether a download can be resumed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnfinishedState {
    /// It can.
    Ready,
    /// Another tab is at it.
    InUse,
    /// It cannot: the link is another now, or what was here is gone. It was removed.
    Lost,
}
