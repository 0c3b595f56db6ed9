//! A link as it is received: what is wrong with its text, and what it holds.

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
