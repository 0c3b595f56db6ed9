//! What a sender chooses for an upload.

use core::fmt;

/// What holds for the link.
#[derive(Clone, Default)]
pub struct SendOptions {
    /// What several files are called; nothing for the name of their folder or of the first of them. It does not rename a
    /// single file.
    pub title: Option<String>,
    /// The sender's words, at most 4096 bytes; may be empty.
    pub note: String,
    /// A password, as typed.
    pub password: Option<String>,
    /// Seconds until the link ends.
    pub expires_in: u64,
    /// Downloads until the link ends.
    pub max_downloads: u32,
    /// The unfinished upload that this goes on with.
    pub going_on: Option<String>,
    /// Whether files that are not as they were are sent anew; otherwise they are refused.
    pub send_changed: bool,
    /// Whether this browser shall not keep the link.
    pub forget: bool,
}

impl fmt::Debug for SendOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SendOptions")
            .field("expires_in", &self.expires_in)
            .field("max_downloads", &self.max_downloads)
            .finish_non_exhaustive()
    }
}
