//! The journal's lines, and who writes them.

use futures::channel::{
    mpsc::{UnboundedSender, unbounded},
    oneshot,
};
use sealdrop_api::{ObjectId, OwnerToken, SealedBytes, links::NewLink};
use sealdrop_crypto::{BlobContext, BlobKey, DeviceKey, ObjectIdentity, Zeroizing, seal_blob};
use serde::{Deserialize, Serialize};

use super::{
    unfinished::{KeptLink, UnfinishedSummary},
    writer::{Note, Scribe},
};
use crate::{error::TransferError, platform::part_job::SentPart};

/// Where an unfinished upload is written down: the browser's database, the command line's state folder.
#[expect(async_fn_in_trait, reason = "driven on the thread that made it")]
pub trait Journal {
    /// The device's key. It need not be readable.
    type Key: BlobKey;

    /// What seals the lines' secrets. `None` where nothing can be kept: then nothing is written, and an upload that
    /// fails is removed.
    fn key(&self) -> Option<&Self::Key>;

    /// Adds a line; when this resolves, it survives a crash. Lines hold no line break.
    ///
    /// # Errors
    /// [`TransferError::Device`], [`TransferError::DiskFull`].
    async fn append(&self, line: &str) -> Result<(), TransferError>;

    /// Adds several, in this order; when this resolves, all of them survive a crash. One write, where that is cheaper.
    ///
    /// # Errors
    /// As [`Self::append`].
    async fn append_all(&self, lines: &[String]) -> Result<(), TransferError> {
        for line in lines {
            self.append(line).await?;
        }
        Ok(())
    }

    /// The files that were given are those that this upload goes on with: what finds them again may be kept now, and no
    /// earlier. A pick that is refused must not cost what finds the right ones.
    async fn accepted(&self) {}

    /// The upload is over: nothing of it is left here.
    async fn remove(&self);
}

/// Keeps nothing: for pipes, which nobody can read again, and where there is no storage.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoJournal;

impl Journal for NoJournal {
    type Key = DeviceKey;

    fn key(&self) -> Option<&DeviceKey> {
        None
    }

    async fn append(&self, _: &str) -> Result<(), TransferError> {
        Ok(())
    }

    async fn remove(&self) {}
}

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

/// Makes the lines of one upload. A [`Scribe`] beside it writes them, in order and several at a time: nobody waits for this
/// device's disk but who has to ([`Self::written`]).
pub(crate) struct Writer<'a, J: Journal> {
    journal: &'a J,
    session: ObjectId,
    notes: UnboundedSender<Note>,
}

impl<'a, J: Journal> Writer<'a, J> {
    pub(crate) fn new(journal: &'a J, session: ObjectId) -> (Self, Scribe<'a, J>) {
        let (notes, noted) = unbounded();
        let writer = Self {
            journal,
            session,
            notes,
        };
        (writer, Scribe::new(journal, noted))
    }

    /// See [`Journal::accepted`].
    pub(crate) fn accepted(&self) -> impl Future<Output = ()> {
        self.journal.accepted()
    }

    pub(crate) fn keeps(&self) -> bool {
        self.journal.key().is_some()
    }

    /// When this resolves, everything noted before survives a crash.
    pub(crate) async fn written(&self) -> Result<(), TransferError> {
        if !self.keeps() {
            return Ok(());
        }
        let (tell, told) = oneshot::channel();
        self.notes.unbounded_send(Note::Tell(tell)).map_err(|_| unwritable())?;
        told.await.map_err(|_| unwritable())
    }

    /// Nothing more will be noted.
    pub(crate) fn close(&self) {
        self.notes.close_channel();
    }

    pub(crate) async fn begun(&self, token: &OwnerToken, summary: UnfinishedSummary) -> Result<(), TransferError> {
        let about = About {
            token: token.clone(),
            summary,
        };
        let Some(sealed) = self.seal(self.session, &about).await? else {
            return Ok(());
        };
        let line = Line::Begun {
            v: 1,
            session: self.session,
            sealed,
        };
        self.note(&line)
    }

    pub(crate) async fn object(
        &self,
        identity: &ObjectIdentity,
        content_len: u64,
        padded: bool,
        digest: &[u8; 32],
    ) -> Result<(), TransferError> {
        let object_id = ObjectId(*identity.object_id());
        let secret = ObjectSecret {
            fek: identity.fek().to_text().to_string(),
            digest: SealedBytes(digest.to_vec()),
        };
        let Some(sealed) = self.seal(object_id, &secret).await? else {
            return Ok(());
        };
        let line = Line::Object {
            object_id,
            salt: SealedBytes(identity.salt().to_vec()),
            content_len,
            padded,
            sealed,
        };
        self.note(&line)
    }

    pub(crate) fn part(&self, object_id: ObjectId, n: u32, sent: &SentPart) -> Result<(), TransferError> {
        let line = Line::Part {
            object_id,
            n,
            etag: sent.etag.clone(),
            digests: SealedBytes(sent.digests.concat()),
        };
        self.note(&line)
    }

    pub(crate) fn sealing(&self, object_id: ObjectId, records: u64) -> Result<(), TransferError> {
        self.note(&Line::Sealing { object_id, records })
    }

    pub(crate) fn dropped(&self, object_id: ObjectId) -> Result<(), TransferError> {
        self.note(&Line::Dropped { object_id })
    }

    pub(crate) fn manifest(&self, object_id: ObjectId) -> Result<(), TransferError> {
        self.note(&Line::Manifest { object_id })
    }

    pub(crate) async fn link(&self, link: &KeptLink) -> Result<(), TransferError> {
        let text = link.secret.to_text();
        let inside = (text.as_str(), link.flags.has_password(), link.chosen.as_str());
        let Some(sealed) = self.seal(self.session, &inside).await? else {
            return Ok(());
        };
        let line = Line::Link {
            request: link.request.clone(),
            sealed,
        };
        self.note(&line)
    }

    async fn seal(&self, place: ObjectId, secret: &impl Serialize) -> Result<Option<SealedBytes>, TransferError> {
        let Some(key) = self.journal.key() else {
            return Ok(None);
        };
        let text = Zeroizing::new(serde_json::to_vec(secret).map_err(|_| unwritable())?);
        let context = BlobContext::UploadSession {
            account: None,
            object_id: &place.0,
        };
        Ok(Some(SealedBytes(seal_blob(key, &context, &text).await?)))
    }

    fn note(&self, line: &Line) -> Result<(), TransferError> {
        if !self.keeps() {
            return Ok(());
        }
        let text = serde_json::to_string(line).map_err(|_| unwritable())?;
        self.notes.unbounded_send(Note::Line(text)).map_err(|_| unwritable())
    }
}

fn unwritable() -> TransferError {
    TransferError::Device("an unfinished upload cannot be written down".to_owned())
}
