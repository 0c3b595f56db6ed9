//! Another note, another password: the payload is sealed again as the next revision, and the address stays.

use sealdrop_api::{SealedBytes, links::LinkChange};
use sealdrop_crypto::{BlobContext, PayloadKey, Zeroizing, seal_blob};

use super::{SentLink, open};
use crate::{
    error::{InvalidInput, TransferError},
    item::{Item, MAX_NOTE, MAX_TEXT, Place},
    link::{password::normalize_password, revision::Revision},
    platform::Platform,
};

impl SentLink {
    /// Prepares another note; empty is none. Keep this link ([`SentLink::seal`]) before the change is sent, so that whatever
    /// happens to the answer, the revision that the server has is here.
    ///
    /// # Errors
    /// [`TransferError::InvalidInput`] for a note that is too long.
    pub async fn change_note(&mut self, note: &str) -> Result<LinkChange, TransferError> {
        if note.len() > MAX_NOTE {
            return Err(TransferError::InvalidInput(InvalidInput::NoteSize));
        }
        let (rev, key, mut item) = self.newest().await?;
        item.note = Some(note.to_owned()).filter(|note| !note.is_empty());
        let change = self.push(rev, key, &item).await?;
        note.clone_into(&mut self.facts.note);
        Ok(change)
    }

    /// Prepares another password, for a link that has one: adding or removing one makes another link. As
    /// [`Self::change_note`].
    ///
    /// # Errors
    /// [`TransferError::InvalidInput`] for a link without a password, and for an empty one.
    pub async fn change_password<P: Platform>(
        &mut self,
        platform: &P,
        password: &Zeroizing<String>,
    ) -> Result<LinkChange, TransferError> {
        let password = normalize_password(platform, Some(password)).filter(|_| self.link.flags.has_password());
        let Some(password) = password else {
            return Err(TransferError::InvalidInput(InvalidInput::PasswordChange));
        };
        let access = platform
            .derive_link_access(self.link.link_id, &self.link.secret, Some(password.as_str()))
            .await?;
        let (rev, _, item) = self.newest().await?;
        let mut change = self.push(rev, access.payload_key, &item).await?;
        change.verifier = Some(access.verifier);
        Ok(change)
    }

    /// The server did not take the change that was prepared last.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub async fn take_back(&mut self) -> Result<(), TransferError> {
        if self.revisions.len() > 1 {
            self.revisions.pop();
        }
        self.read_note().await
    }

    async fn newest(&self) -> Result<(u64, PayloadKey, Item), TransferError> {
        let revision = self.revisions.last().ok_or(TransferError::NotWhatWasSealed)?;
        let item = open(&self.link, revision).await?;
        Ok((revision.rev, PayloadKey::from_text(&revision.key.to_text())?, item))
    }

    async fn push(&mut self, rev: u64, key: PayloadKey, item: &Item) -> Result<LinkChange, TransferError> {
        let text = item.to_json(Place::Payload);
        if text.len() > MAX_TEXT {
            return Err(TransferError::InvalidInput(InvalidInput::LinkSize));
        }
        let rev = rev + 1;
        let context = BlobContext::LinkPayload {
            link_id: self.link.link_id.as_bytes(),
            flags: self.link.flags,
            rev,
        };
        let sealed = SealedBytes(seal_blob(&key, &context, &text).await?);
        // One revision that the server may have, and the one that it gets now.
        while self.revisions.len() > 1 {
            self.revisions.remove(0);
        }
        self.revisions.push(Revision {
            rev,
            key,
            sealed: sealed.clone(),
        });
        Ok(LinkChange {
            rev: Some(rev),
            payload: Some(sealed),
            ..LinkChange::default()
        })
    }
}
