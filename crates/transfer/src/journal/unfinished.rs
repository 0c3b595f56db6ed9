//! An unfinished upload, read back.

use std::collections::BTreeMap;

use sealdrop_api::{ObjectId, OwnerToken, SealedBytes, links::NewLink, uploads::strong_etag};
use sealdrop_crypto::{
    BlobContext, BlobKey, Fek, Kind, LinkFlags, LinkSecret, ObjectIdentity, Padding, Zeroizing, open_blob,
};
use sealdrop_model::UnfinishedSummary;
use serde::de::DeserializeOwned;

use super::line::{About, Line, ObjectSecret};
use crate::{
    error::TransferError,
    platform::{object_plan::ObjectPlan, part_job::SentPart},
};

/// An upload that did not come to its end. It holds keys: `Debug` shows none.
pub struct Unfinished {
    pub(crate) session: ObjectId,
    pub(crate) token: OwnerToken,
    pub(crate) objects: Vec<KeptObject>,
    /// Lists that were sent as objects: none is used again.
    pub(crate) manifests: Vec<ObjectId>,
    pub(crate) link: Option<KeptLink>,
    summary: UnfinishedSummary,
}

/// An object of it.
pub(crate) struct KeptObject {
    pub(crate) identity: ObjectIdentity,
    pub(crate) content_len: u64,
    pub(crate) padding: Padding,
    pub(crate) digest: [u8; 32],
    /// Records that earlier runs may have sealed under its key.
    pub(crate) sealed: u64,
    pub(crate) parts: BTreeMap<u32, SentPart>,
}

/// Its link, asked for and never shown.
pub(crate) struct KeptLink {
    pub(crate) request: NewLink,
    pub(crate) secret: LinkSecret,
    pub(crate) flags: LinkFlags,
    /// What a person chose for it, as [`super::source_digest::digest_choices`] tells it.
    pub(crate) chosen: String,
}

impl core::fmt::Debug for Unfinished {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Unfinished({} objects, keys redacted)", self.objects.len())
    }
}

impl Unfinished {
    /// Reads a journal's lines. `None` if there is nothing to go on with: no first line, or one that this device's key
    /// does not open. A last line that a crash cut off is left out.
    ///
    /// # Errors
    /// [`TransferError::NewerVersion`]; those of the key.
    pub async fn read<K: BlobKey>(key: &K, lines: &[String]) -> Result<Option<Self>, TransferError> {
        let mut read = lines
            .iter()
            .map_while(|line| serde_json::from_slice::<Line>(line.as_bytes()).ok());
        let Some(Line::Begun { v, session, sealed }) = read.next() else {
            return Ok(None);
        };
        if v != 1 {
            return Err(TransferError::NewerVersion);
        }
        let Some(About { token, summary }) = open(key, session, &sealed).await? else {
            return Ok(None);
        };
        let mut whole = Self {
            session,
            token,
            objects: Vec::new(),
            manifests: Vec::new(),
            link: None,
            summary,
        };
        for line in read {
            if whole.add(key, line).await?.is_none() {
                return Ok(None);
            }
        }
        Ok(Some(whole))
    }

    /// Adds what a line says. `None` if it does not fit the ones before.
    async fn add<K: BlobKey>(&mut self, key: &K, line: Line) -> Result<Option<()>, TransferError> {
        match line {
            Line::Begun { .. } => return Ok(None),
            Line::Object {
                object_id,
                salt,
                content_len,
                padded,
                sealed,
            } => {
                let Some(secret) = open::<_, ObjectSecret>(key, object_id, &sealed).await? else {
                    return Ok(None);
                };
                let (Ok(salt), Ok(digest)) = (salt.0.try_into(), secret.digest.0.try_into()) else {
                    return Ok(None);
                };
                let fek = Fek::from_text(&Zeroizing::new(secret.fek))?;
                self.objects.push(KeptObject {
                    identity: ObjectIdentity::restore(object_id.0, salt, fek),
                    content_len,
                    padding: if padded { Padding::Padded } else { Padding::Exact },
                    digest,
                    sealed: 0,
                    parts: BTreeMap::new(),
                });
            }
            Line::Part {
                object_id,
                n,
                etag,
                digests,
            } => {
                let (digests, []) = digests.0.as_chunks() else {
                    return Ok(None);
                };
                let digests = digests.to_vec();
                let etag = strong_etag(&etag);
                if let Some(object) = self.object(object_id) {
                    object.parts.insert(n, SentPart { etag, digests });
                }
            }
            Line::Sealing { object_id, records } => {
                if let Some(object) = self.object(object_id) {
                    object.sealed = object.sealed.saturating_add(records);
                }
            }
            Line::Dropped { object_id } => {
                self.objects
                    .retain(|object| object.identity.object_id() != &object_id.0);
                self.manifests.retain(|manifest| *manifest != object_id);
                self.link = None;
            }
            Line::Manifest { object_id } => self.manifests.push(object_id),
            Line::Link { request, sealed } => {
                let Some(link) = open_link(key, self.session, request, &sealed).await? else {
                    return Ok(None);
                };
                self.link = Some(link);
            }
        }
        Ok(Some(()))
    }

    /// What it is, for the person.
    #[must_use]
    pub const fn summary(&self) -> &UnfinishedSummary {
        &self.summary
    }

    /// Plain bytes that the bucket acknowledged, as the journal knows; the bucket has the last word.
    #[must_use]
    pub fn sent_bytes(&self) -> u64 {
        let sent = |object: &KeptObject| {
            let identity = ObjectIdentity::restore(
                *object.identity.object_id(),
                *object.identity.salt(),
                Fek::from_text(&object.identity.fek().to_text()).ok()?,
            );
            let plan = ObjectPlan::new(identity, object.content_len, Kind::Content, object.padding).ok()?;
            let parts = object.parts.keys().filter(|n| (1..=plan.part_count()).contains(n));
            Some(
                parts
                    .map(|n| plan.content_of_part(*n))
                    .map(|range| range.end - range.start)
                    .sum::<u64>(),
            )
        };
        self.objects.iter().filter_map(sent).sum()
    }

    /// The token that owns what was begun: to give it up without the files.
    #[must_use]
    pub const fn token(&self) -> &OwnerToken {
        &self.token
    }

    /// The objects that were begun.
    pub fn object_ids(&self) -> impl Iterator<Item = ObjectId> {
        let objects = self.objects.iter().map(|object| ObjectId(*object.identity.object_id()));
        objects.chain(self.manifests.iter().copied())
    }

    fn object(&mut self, object_id: ObjectId) -> Option<&mut KeptObject> {
        self.objects
            .iter_mut()
            .find(|object| object.identity.object_id() == &object_id.0)
    }
}

/// Opens the secrets of a link that was asked for.
async fn open_link<K: BlobKey>(
    key: &K,
    session: ObjectId,
    request: NewLink,
    sealed: &SealedBytes,
) -> Result<Option<KeptLink>, TransferError> {
    let kept = open::<_, (String, bool, String)>(key, session, sealed).await?;
    let Some((secret, has_password, chosen)) = kept else {
        return Ok(None);
    };
    Ok(Some(KeptLink {
        request,
        secret: LinkSecret::from_text(&Zeroizing::new(secret))?,
        flags: if has_password {
            LinkFlags::PASSWORD
        } else {
            LinkFlags::NONE
        },
        chosen,
    }))
}

/// Opens a blob in its place; `None` if this key does not open it.
async fn open<K: BlobKey, T: DeserializeOwned>(
    key: &K,
    place: ObjectId,
    sealed: &SealedBytes,
) -> Result<Option<T>, TransferError> {
    let context = BlobContext::UploadSession {
        account: None,
        object_id: &place.0,
    };
    match open_blob(key, &context, &sealed.0).await {
        Ok(text) => Ok(serde_json::from_slice(&text).ok()),
        Err(sealdrop_crypto::Error::Sealed) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
