//! A link that this device sent, as its sender keeps it: what it takes to show it again, to look after it, and to write its
//! payload anew when the note or the password changes (format, sections 3 and 6).

mod line;
mod rewrite;

use sealdrop_api::{
    OwnerToken, SealedBytes,
    links::{LinkState, LinkStatus},
};
use sealdrop_crypto::{BlobContext, PayloadKey, open_blob};
use serde::{Deserialize, Serialize};

use crate::{Body, Item, Link, Place, Sent, TransferError};

/// Files that are kept by name, at most.
const MAX_LISTED: usize = 100;
/// Bytes of their paths, at most.
const MAX_LISTED_BYTES: usize = 16 * 1024;

/// A link's payload as one revision has it.
#[derive(Debug)]
pub struct Revision {
    /// Grows by one with every change.
    pub rev: u64,
    /// Opens and seals it.
    pub key: PayloadKey,
    /// As the server has it.
    pub sealed: SealedBytes,
}

/// A file of a sent link.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedFile {
    /// Where it belongs, `/` between components.
    pub path: String,
    /// Plain bytes.
    pub len: u64,
}

/// What its sender sees of a link.
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
    /// Times that somebody opened it.
    pub opened: u64,
    /// Downloads that ended without.
    pub failed: u32,
    /// Whether it opens, as the server said last.
    pub state: LinkState,
}

/// A link that this device sent. It is the key: redacted in `Debug`.
#[derive(Debug)]
pub struct SentLink {
    /// The whole link.
    pub link: Link,
    /// Owns it.
    pub owner: OwnerToken,
    /// What its sender sees.
    pub facts: SentLinkFacts,
    /// Its payload; two while the server has not told which of them it has. The newest is the last.
    revisions: Vec<Revision>,
}

impl SentLink {
    /// Of a link that was just made. `listed` are its files where the payload does not list them.
    ///
    /// # Errors
    /// Those of a payload that does not open: it was sealed here, so there are none.
    pub async fn new(sent: Sent, listed: impl Iterator<Item = ListedFile>, now_ms: u64) -> Result<Self, TransferError> {
        let Sent {
            link, owner, payload, ..
        } = sent;
        let item = open(&link, &payload).await?;
        let facts = SentLinkFacts {
            listed: match &item.body {
                Body::Listed(listing) => bounded(listing.files.iter().map(|file| ListedFile {
                    path: file.path.clone(),
                    len: file.len,
                })),
                Body::Whole(_) => bounded(core::iter::once(ListedFile {
                    path: item.name.clone(),
                    len: item.size,
                })),
                Body::Manifest(_) | Body::Nothing => bounded(listed),
            },
            name: item.name,
            note: item.note.unwrap_or_default(),
            files: sent.files as u64,
            plain_bytes: sent.plain_bytes,
            created_ms: now_ms,
            expires_ms: milliseconds(sent.expires_at),
            max_downloads: sent.max_downloads,
            used: 0,
            active: 0,
            opened: 0,
            failed: 0,
            state: LinkState::Active,
        };
        Ok(Self {
            link,
            owner,
            facts,
            revisions: vec![payload],
        })
    }

    /// Takes over what the server says. Of two revisions the other one is given up.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub async fn learn(&mut self, status: &LinkStatus) -> Result<(), TransferError> {
        let facts = &mut self.facts;
        facts.expires_ms = milliseconds(status.expires_at);
        facts.max_downloads = status.max_downloads;
        facts.used = status.used;
        facts.active = status.active;
        facts.opened = status.opened;
        facts.failed = status.failed;
        facts.state = status.state;
        if self.revisions.len() > 1 && self.revisions.iter().any(|revision| revision.rev == status.rev) {
            self.revisions.retain(|revision| revision.rev == status.rev);
            self.read_note().await?;
        }
        Ok(())
    }

    async fn read_note(&mut self) -> Result<(), TransferError> {
        if let Some(revision) = self.revisions.last() {
            self.facts.note = open(&self.link, revision).await?.note.unwrap_or_default();
        }
        Ok(())
    }
}

async fn open(link: &Link, revision: &Revision) -> Result<Item, TransferError> {
    let context = BlobContext::LinkPayload {
        link_id: link.link_id.as_bytes(),
        flags: link.flags,
        rev: revision.rev,
    };
    let text = open_blob(&revision.key, &context, &revision.sealed.0).await?;
    Ok(Item::parse(&text, Place::Payload)?)
}

fn bounded(files: impl Iterator<Item = ListedFile>) -> Vec<ListedFile> {
    let mut room = MAX_LISTED_BYTES;
    files
        .take(MAX_LISTED)
        .map_while(|file| {
            room = room.checked_sub(file.path.len())?;
            Some(file)
        })
        .collect()
}

fn milliseconds(at: time::OffsetDateTime) -> u64 {
    u64::try_from(at.unix_timestamp_nanos() / 1_000_000).unwrap_or(0)
}
