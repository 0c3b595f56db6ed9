//! What a person recognises an unfinished upload by.

use serde::{Deserialize, Serialize};

/// What a person needs to recognise an unfinished upload.
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
