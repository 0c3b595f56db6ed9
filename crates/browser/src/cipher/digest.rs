//! SHA-256 of each 10 MiB of stored bytes, beside the cipher.

use js_sys::Uint8Array;
use sealdrop_crypto::{Digest, Result, hash_groups};
use wasm_bindgen_futures::JsFuture;

use super::subtle;
use crate::cipher::key::CipherKind;

/// A digest on its way: WebCrypto hashes on another thread while the next bytes are sealed or sent.
#[derive(Debug)]
pub(crate) enum PendingDigest {
    /// WebCrypto is at it.
    Later(JsFuture),
    /// WebAssembly was at it.
    Now(Digest),
}

impl PendingDigest {
    /// Starts hashing one group of at most 10 MiB. The bytes are taken before this returns.
    pub(crate) fn start(kind: CipherKind, group: &Uint8Array) -> Result<Self> {
        match subtle::subtle().filter(|_| kind == CipherKind::WebCrypto) {
            Some(subtle) => subtle::start_digest(&subtle, group).map(Self::Later),
            None => Ok(Self::Now(
                hash_groups(&group.to_vec()).first().copied().unwrap_or_default(),
            )),
        }
    }

    /// The digest.
    pub(crate) async fn finish(self) -> Result<Digest> {
        match self {
            Self::Later(digest) => subtle::finish_digest(digest).await,
            Self::Now(digest) => Ok(digest),
        }
    }
}
