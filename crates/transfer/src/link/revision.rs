//! A link's payload, as it is written once and again.

use sealdrop_api::SealedBytes;
use sealdrop_crypto::PayloadKey;

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
