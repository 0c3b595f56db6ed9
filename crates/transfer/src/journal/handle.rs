//! The handle by which an upload writes its journal.

use futures::channel::{
    mpsc::{UnboundedSender, unbounded},
    oneshot,
};
use sealdrop_api::{ObjectId, OwnerToken, SealedBytes};
use sealdrop_crypto::{BlobContext, ObjectIdentity, Zeroizing, seal_blob};
use sealdrop_model::UnfinishedSummary;
use serde::Serialize;

use super::{
    line::{About, Line, ObjectSecret},
    storage::Journal,
    unfinished::KeptLink,
    writer::{JournalWriter, WriteRequest},
};
use crate::{
    error::{DeviceFault, TransferError},
    platform::part_job::SentPart,
};

/// Makes the lines of one upload. A [`JournalWriter`] beside it writes them: only [`Self::flush`] waits for the disk.
pub(crate) struct JournalHandle<'a, J: Journal> {
    storage: &'a J,
    session: ObjectId,
    requests: UnboundedSender<WriteRequest>,
}

impl<'a, J: Journal> JournalHandle<'a, J> {
    pub(crate) fn new(storage: &'a J, session: ObjectId) -> (Self, JournalWriter<'a, J>) {
        let (requests, queue) = unbounded();
        let handle = Self {
            storage,
            session,
            requests,
        };
        (handle, JournalWriter::new(storage, queue))
    }

    /// See [`Journal::accepted`].
    pub(crate) fn accepted(&self) -> impl Future<Output = ()> {
        self.storage.accepted()
    }

    pub(crate) fn keeps(&self) -> bool {
        self.storage.key().is_some()
    }

    /// Waits until everything requested before survives a crash.
    pub(crate) async fn flush(&self) -> Result<(), TransferError> {
        if !self.keeps() {
            return Ok(());
        }
        let (done, flushed) = oneshot::channel();
        self.requests
            .unbounded_send(WriteRequest::Flush(done))
            .map_err(|_| unwritable())?;
        flushed.await.map_err(|_| unwritable())
    }

    /// Ends the writer after what was requested.
    pub(crate) fn close(&self) {
        self.requests.close_channel();
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
        self.write(&line)
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
        self.write(&line)
    }

    pub(crate) fn part(&self, object_id: ObjectId, n: u32, sent: &SentPart) -> Result<(), TransferError> {
        let line = Line::Part {
            object_id,
            n,
            etag: sent.etag.clone(),
            digests: SealedBytes(sent.digests.concat()),
        };
        self.write(&line)
    }

    pub(crate) fn sealing(&self, object_id: ObjectId, records: u64) -> Result<(), TransferError> {
        self.write(&Line::Sealing { object_id, records })
    }

    pub(crate) fn dropped(&self, object_id: ObjectId) -> Result<(), TransferError> {
        self.write(&Line::Dropped { object_id })
    }

    pub(crate) fn manifest(&self, object_id: ObjectId) -> Result<(), TransferError> {
        self.write(&Line::Manifest { object_id })
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
        self.write(&line)
    }

    async fn seal(&self, place: ObjectId, secret: &impl Serialize) -> Result<Option<SealedBytes>, TransferError> {
        let Some(key) = self.storage.key() else {
            return Ok(None);
        };
        let text = Zeroizing::new(serde_json::to_vec(secret).map_err(|_| unwritable())?);
        let context = BlobContext::UploadSession {
            account: None,
            object_id: &place.0,
        };
        Ok(Some(SealedBytes(seal_blob(key, &context, &text).await?)))
    }

    fn write(&self, line: &Line) -> Result<(), TransferError> {
        if !self.keeps() {
            return Ok(());
        }
        let text = serde_json::to_string(line).map_err(|_| unwritable())?;
        self.requests
            .unbounded_send(WriteRequest::Line(text))
            .map_err(|_| unwritable())
    }
}

fn unwritable() -> TransferError {
    TransferError::device(DeviceFault::Journal, "JSON")
}
