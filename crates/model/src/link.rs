//! What is known of a link: what is wrong with its text, what it holds, and what its sender sees of it.

use core::fmt;

use sealdrop_api::links::LinkState;

/// Why a text is not a link that can be opened. Found on this device, before anything is asked of a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LinkFault {
    /// There is no `#`, or nothing behind it.
    #[error("the link has no key: the part after # is missing")]
    NoKey,
    /// The page was reloaded or came back from the history, and its key could not be kept.
    #[error("the key of the link is no longer in the address")]
    KeyForgotten,
    /// It is cut off.
    #[error("the link is cut off")]
    Incomplete,
    /// Its key is as long as a key and not right: mistyped, longer, or of another link.
    #[error("the key of the link was changed")]
    Altered,
    /// It is no link of Sealdrop, or one of another server.
    #[error("this is not a Sealdrop link")]
    Foreign,
    /// Its key was made by a newer version.
    #[error("the link was made by a newer version of Sealdrop")]
    NewerVersion,
}

/// What an opened link holds.
#[derive(Debug, Clone, PartialEq)]
pub struct LinkContents {
    /// Name of the file, or of the whole.
    pub name: String,
    /// The sender's words: plain text.
    pub note: Option<String>,
    /// Path and plain bytes of each file, in the sender's order.
    pub files: Vec<(String, u64)>,
    /// Plain bytes of all of them.
    pub plain_bytes: u64,
    /// When the link ends, in milliseconds since 1970 UTC.
    pub expires_at_ms: f64,
    /// Downloads that are left.
    pub downloads_left: u32,
    /// Downloads at most.
    pub max_downloads: u32,
}

/// What its sender sees of a link. `link` and `key` are secrets.
#[derive(Clone, PartialEq)]
pub struct OwnLink {
    /// The id of the link.
    pub link_id: String,
    /// The whole link.
    pub link: String,
    /// The link up to and with the `#`.
    pub address: String,
    /// What follows the `#`.
    pub key: String,
    /// What the whole is called.
    pub name: String,
    /// The sender's words; may be empty.
    pub note: String,
    /// How many files.
    pub files: u64,
    /// Path and plain bytes of the first ones.
    pub listed: Vec<(String, u64)>,
    /// Plain bytes of all.
    pub plain_bytes: u64,
    /// When it was made, in milliseconds since 1970 UTC, by this device's clock.
    pub created_ms: f64,
    /// When it ends or ended, in milliseconds since 1970 UTC, by the server's clock.
    pub expires_at_ms: f64,
    /// Downloads at most.
    pub max_downloads: u32,
    /// Downloads that are done.
    pub used: u32,
    /// Downloads going on.
    pub active: u32,
    /// Times that it was opened.
    pub opened: u64,
    /// Downloads that were not finished.
    pub failed: u32,
    /// Whether it opens, as the server said last.
    pub state: LinkState,
    /// Whether a password is asked for.
    pub has_password: bool,
    /// Of a link whose downloads are used: until when a higher limit opens it again, in milliseconds since 1970 UTC.
    pub revivable_until_ms: Option<f64>,
    /// Whether this browser keeps it.
    pub is_kept: bool,
}

impl fmt::Debug for OwnLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OwnLink({})", self.link_id)
    }
}
