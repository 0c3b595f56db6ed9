//! What an upload ends with.

use sealdrop_api::OwnerToken;
use time::OffsetDateTime;

use crate::link::{revision::Revision, text::Link};

/// What was sent. It holds the link, which is the key.
#[derive(Debug)]
pub struct Sent {
    /// The link.
    pub link: Link,
    /// How many files.
    pub files: usize,
    /// Plain bytes of them.
    pub plain_bytes: u64,
    /// Bytes in the bucket.
    pub sealed_bytes: u64,
    /// When the link ends, by the server's clock.
    pub expires_at: OffsetDateTime,
    /// Downloads at most.
    pub max_downloads: u32,
    /// Owns the link: extends, limits, revokes.
    pub owner: OwnerToken,
    /// What the link opens, to be written again when its note or password changes.
    pub payload: Revision,
}
