//! A sent link, as its sender sees it.

use core::fmt;

use sealdrop_api::links::LinkState;
use serde::{Deserialize, Serialize};

/// A file of a sent link.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedFile {
    /// Where it belongs, `/` between components.
    pub path: String,
    /// Plain bytes.
    pub len: u64,
}

/// What its sender sees of a link, as the device keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SentLinkFacts {
    /// What the whole is called.
    pub name: String,
    /// The sender's words; may be empty.
    pub note: String,
    /// How many files.
    pub files: u64,
    /// Plain bytes of all of them.
    pub plain_bytes: u64,
    /// The first of them.
    pub listed: Vec<ListedFile>,
    /// When the link was made, in milliseconds since 1970 UTC, by this device's clock.
    pub created_ms: u64,
    /// When it ends or ended, in milliseconds since 1970 UTC, by the server's clock.
    pub expires_ms: u64,
    /// Downloads at most.
    pub max_downloads: u32,
    /// Downloads finished and verified.
    pub used: u32,
    /// Downloads going on.
    pub active: u32,
    /// How often it was opened.
    pub opened: u64,
    /// Downloads that ended without.
    pub failed: u32,
    /// Whether it opens, as the server said last.
    pub state: LinkState,
    /// Of a link whose downloads are used: until when a higher limit opens it again, in milliseconds since 1970 UTC.
    #[serde(default)]
    pub revivable_until_ms: Option<u64>,
}

/// A sent link as its sender sees it. `link` and `key` are secrets.
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
    /// What is known of it.
    pub facts: SentLinkFacts,
    /// Whether a password is asked for.
    pub has_password: bool,
    /// Whether this browser keeps it.
    pub is_kept: bool,
}

impl fmt::Debug for OwnLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OwnLink({})", self.link_id)
    }
}
