//! The lines of a journal.

use sealdrop_api::{ObjectId, OwnerToken, SealedBytes, links::NewLink};
use serde::{Deserialize, Serialize};

use sealdrop_model::UnfinishedSummary;

/// One line of a journal. `sealed` are blobs of purpose 30.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Line {
    /// The first: token and name, sealed for the place of `session`.
    Begun {
        v: u32,
        session: ObjectId,
        sealed: SealedBytes,
    },
    /// An object, before its first byte is sent: its key and what it is made of are sealed.
    Object {
        object_id: ObjectId,
        salt: SealedBytes,
        content_len: u64,
        padded: bool,
        sealed: SealedBytes,
    },
    /// A part that the bucket acknowledged; of several of the same number the last one counts.
    Part {
        object_id: ObjectId,
        n: u32,
        etag: String,
        digests: SealedBytes,
    },
    /// So many records more may be sealed under the key of an object: written down before they are.
    Sealing { object_id: ObjectId, records: u64 },
    /// An object that is given up: another one took its place.
    Dropped { object_id: ObjectId },
    /// The list of files as an object of its own, before it is reserved. Every run that needs one makes it anew.
    Manifest { object_id: ObjectId },
    /// The link, before the server hears of it, word for word; its secret sealed for the place of the session.
    Link { request: NewLink, sealed: SealedBytes },
}

/// Inside of [`Line::Begun`].
#[derive(Serialize, Deserialize)]
pub(crate) struct About {
    pub(crate) token: OwnerToken,
    pub(crate) summary: UnfinishedSummary,
}

/// Inside of [`Line::Object`].
#[derive(Serialize, Deserialize)]
pub(crate) struct ObjectSecret {
    pub(crate) fek: String,
    pub(crate) digest: SealedBytes,
}
