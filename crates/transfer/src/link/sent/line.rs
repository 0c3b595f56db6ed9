//! A sent link as one line for the place that keeps it: everything secret in a blob of purpose 31, and beside it the payload
//! as the server has it, which may be larger than a blob holds.

use sealdrop_api::{LinkId, OwnerToken, SealedBytes};
use sealdrop_crypto::{BlobContext, BlobKey, LinkFlags, LinkSecret, PayloadKey, Zeroizing, open_blob, seal_blob};
use sealdrop_model::SentLinkFacts;
use serde::{Deserialize, Serialize};

use super::SentLink;
use crate::{
    error::{DeviceFault, TransferError},
    link::{revision::Revision, text::Link},
};

/// The line.
#[derive(Serialize, Deserialize)]
struct Line {
    v: u32,
    /// Sorts without being opened. The server knows it too.
    created_ms: u64,
    /// [`Inside`].
    sealed: SealedBytes,
    payloads: Vec<SealedBytes>,
}

/// What is sealed.
#[derive(Serialize, Deserialize)]
struct Inside {
    origin: String,
    secret: String,
    password: bool,
    owner: OwnerToken,
    /// Of each payload its revision and key.
    keys: Vec<(u64, String)>,
    facts: SentLinkFacts,
}

impl SentLink {
    /// When a line's link was made, without opening it.
    #[must_use]
    pub fn created_ms(line: &str) -> Option<u64> {
        serde_json::from_slice::<Line>(line.as_bytes())
            .ok()
            .map(|line| line.created_ms)
    }

    /// The line, sealed under this device's key.
    ///
    /// # Errors
    /// Those of the key.
    pub async fn seal<K: BlobKey>(&self, key: &K) -> Result<String, TransferError> {
        let inside = Inside {
            origin: self.link.origin.clone(),
            secret: self.link.secret.to_text().to_string(),
            password: self.link.flags.has_password(),
            owner: self.owner.clone(),
            keys: self
                .revisions
                .iter()
                .map(|revision| (revision.rev, revision.key.to_text().to_string()))
                .collect(),
            facts: self.facts.clone(),
        };
        let text = Zeroizing::new(serde_json::to_vec(&inside).map_err(|_| unwritable())?);
        let line = Line {
            v: 1,
            created_ms: self.facts.created_ms,
            sealed: SealedBytes(seal_blob(key, &context(&self.link.link_id), &text).await?),
            payloads: self.revisions.iter().map(|revision| revision.sealed.clone()).collect(),
        };
        serde_json::to_string(&line).map_err(|_| unwritable())
    }

    /// Reads a line. `None` if it is none, or this device's key does not open it.
    ///
    /// # Errors
    /// [`TransferError::NewerVersion`]; those of the key.
    pub async fn read<K: BlobKey>(key: &K, link_id: LinkId, line: &str) -> Result<Option<Self>, TransferError> {
        let Ok(line) = serde_json::from_slice::<Line>(line.as_bytes()) else {
            return Ok(None);
        };
        if line.v != 1 {
            return Err(TransferError::NewerVersion);
        }
        let text = match open_blob(key, &context(&link_id), &line.sealed.0).await {
            Ok(text) => text,
            Err(sealdrop_crypto::Error::Sealed) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let Ok(inside) = serde_json::from_slice::<Inside>(&text) else {
            return Ok(None);
        };
        let mut revisions = Vec::new();
        for ((rev, key), sealed) in inside.keys.into_iter().zip(line.payloads) {
            let key = PayloadKey::from_text(&Zeroizing::new(key))?;
            revisions.push(Revision { rev, key, sealed });
        }
        Ok(Some(Self {
            link: Link {
                origin: inside.origin,
                link_id,
                flags: if inside.password {
                    LinkFlags::PASSWORD
                } else {
                    LinkFlags::NONE
                },
                secret: LinkSecret::from_text(&Zeroizing::new(inside.secret))?,
            },
            owner: inside.owner,
            facts: inside.facts,
            revisions,
        }))
    }
}

const fn context(link_id: &LinkId) -> BlobContext<'_> {
    BlobContext::SentLink {
        link_id: link_id.as_bytes(),
    }
}

fn unwritable() -> TransferError {
    TransferError::device(DeviceFault::Journal, "JSON")
}
