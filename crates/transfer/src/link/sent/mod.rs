//! A link that this device sent, as its sender keeps it: what it takes to show it again, to look after it, and to write its
//! payload anew when the note or the password changes (format, sections 3 and 6).

mod line;
mod rewrite;

use sealdrop_api::{
    OwnerToken,
    links::{LinkState, LinkStatus},
};
use sealdrop_crypto::{BlobContext, open_blob};
use sealdrop_model::{ListedFile, SentLinkFacts};

use super::{revision::Revision, text::Link};
use crate::{
    error::TransferError,
    item::{Body, Item, Place},
    upload::link::sent::Sent,
};

/// Files that are kept by name, at most.
const MAX_LISTED: usize = 100;
/// Bytes of their paths, at most.
const MAX_LISTED_BYTES: usize = 16 * 1024;

/// A link that this device sent. It is the key: redacted in `Debug`.
#[derive(Debug)]
pub struct SentLink {
    /// The whole link.
    pub link: Link,
    /// Owns it.
    pub owner: OwnerToken,
    /// What its sender sees.
    pub facts: SentLinkFacts,
    /// Its payload; two while it is unknown which of them the server has. The newest is the last.
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
            revivable_until_ms: None,
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
        // Of a link that is used up it is the instant of its last download.
        if status.state != LinkState::Exhausted {
            facts.expires_ms = milliseconds(status.expires_at);
        }
        facts.revivable_until_ms = status.revivable_until.map(milliseconds);
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

#[cfg(test)]
mod tests {
    use futures::executor::block_on;
    use sealdrop_api::{LinkId, ObjectId, SealedBytes};
    use sealdrop_crypto::{DeviceKey, Fek, LinkFlags, LinkSecret, PayloadKey, seal_blob};
    use time::OffsetDateTime;

    use super::*;
    use crate::{
        item::{ItemKind, ObjectRef, UnknownMembers},
        link::access::derive_link_access,
    };

    /// A sent link of one file, as `upload` gives it.
    fn sent() -> Sent {
        let (link_id, secret) = (LinkId([7; 16]), LinkSecret::make().expect("random numbers"));
        let access = derive_link_access(link_id, &secret, Some("first")).expect("keys");
        let object = ObjectRef {
            object_id: ObjectId([1; 16]),
            fek: std::sync::Arc::new(Fek::from_text(&"A".repeat(43)).expect("a key")),
            tag_root: [2; 32],
            stream_len: 65_380,
        };
        let item = Item {
            kind: ItemKind::File,
            parent: None,
            name: "plans.txt".to_owned(),
            mime: None,
            size: 3,
            modified_ms: None,
            note: Some("for you".to_owned()),
            body: Body::Whole(object),
            unknown: UnknownMembers::default(),
        };
        let flags = LinkFlags::PASSWORD;
        let context = BlobContext::LinkPayload {
            link_id: link_id.as_bytes(),
            flags,
            rev: 1,
        };
        let sealed = block_on(seal_blob(&access.payload_key, &context, &item.to_json(Place::Payload)));
        Sent {
            link: Link {
                origin: "https://drop.example".to_owned(),
                link_id,
                flags,
                secret,
            },
            files: 1,
            plain_bytes: 3,
            sealed_bytes: 65_536,
            expires_at: OffsetDateTime::UNIX_EPOCH,
            max_downloads: 10,
            owner: OwnerToken::new([3; 32]),
            payload: Revision {
                rev: 1,
                key: access.payload_key,
                sealed: SealedBytes(sealed.expect("it seals")),
            },
        }
    }

    fn status(rev: u64) -> LinkStatus {
        LinkStatus {
            link_id: LinkId([7; 16]),
            state: LinkState::Active,
            expires_at: OffsetDateTime::UNIX_EPOCH,
            max_downloads: 10,
            rev,
            opened: 1,
            active: 0,
            used: 0,
            failed: 0,
            sealed_bytes: 1,
            revivable_until: None,
            created_at: None,
            paused: false,
        }
    }

    #[test]
    fn what_is_kept_comes_back_and_says_nothing_in_the_clear() {
        let device = DeviceKey::make().expect("random numbers");
        let link = block_on(SentLink::new(sent(), core::iter::empty(), 5)).expect("it opens");
        assert_eq!(
            (link.facts.name.as_str(), link.facts.note.as_str()),
            ("plans.txt", "for you")
        );
        assert_eq!(link.facts.listed.len(), 1);
        let line = block_on(link.seal(&device)).expect("it seals");
        assert_eq!(SentLink::created_ms(&line), Some(5));
        for secret in [
            "plans",
            "for you",
            &link.owner.expose(),
            &link.link.secret.to_text(),
            &link.link.key(),
        ] {
            assert!(!line.contains(secret));
        }
        let read = |key: &DeviceKey, id: [u8; 16]| block_on(SentLink::read(key, LinkId(id), &line)).expect("a key");
        let back = read(&device, [7; 16]).expect("it is there");
        assert_eq!(*back.link.expose(), *link.link.expose());
        assert_eq!(back.facts, link.facts);
        assert!(read(&device, [8; 16]).is_none(), "of another link");
        let other = DeviceKey::make().expect("random numbers");
        assert!(read(&other, [7; 16]).is_none(), "of another device");
    }

    #[test]
    fn a_new_note_is_the_next_revision_under_the_same_key() {
        let mut link = block_on(SentLink::new(sent(), core::iter::empty(), 5)).expect("it opens");
        let change = block_on(link.change_note("other words")).expect("it seals");
        assert_eq!((change.rev, change.verifier.is_none()), (Some(2), true));
        let revision = Revision {
            rev: 2,
            key: PayloadKey::from_text(&link.revisions[0].key.to_text()).expect("a key"),
            sealed: change.payload.expect("a payload"),
        };
        let item = block_on(open(&link.link, &revision)).expect("it opens");
        assert_eq!(item.note.as_deref(), Some("other words"));
        assert!(block_on(link.change_note(&"x".repeat(4097))).is_err());
    }

    #[test]
    fn the_server_decides_which_of_two_revisions_holds() {
        for (rev, note) in [(1, "for you"), (2, "other words")] {
            let device = DeviceKey::make().expect("random numbers");
            let mut link = block_on(SentLink::new(sent(), core::iter::empty(), 5)).expect("it opens");
            block_on(link.change_note("other words")).expect("it seals");
            // The answer is lost and the page is closed; both revisions are kept.
            let line = block_on(link.seal(&device)).expect("it seals");
            let mut link = block_on(SentLink::read(&device, LinkId([7; 16]), &line))
                .expect("a key")
                .expect("it is there");
            assert_eq!(link.revisions.len(), 2);
            block_on(link.learn(&status(rev))).expect("it opens");
            assert_eq!((link.facts.note.as_str(), link.revisions.len()), (note, 1));
            let next = block_on(link.change_note("third")).expect("it seals");
            assert_eq!(next.rev, Some(rev + 1));
        }
        let mut link = block_on(SentLink::new(sent(), core::iter::empty(), 5)).expect("it opens");
        block_on(link.change_note("refused")).expect("it seals");
        block_on(link.take_back()).expect("it opens");
        assert_eq!((link.facts.note.as_str(), link.revisions.len()), ("for you", 1));
    }
}
