//! What the holder of a whole link (and its password) can do: read the payload, and prove that he may.

use sealdrop_api::{LinkAuth, LinkId, Verifier};
use sealdrop_crypto::{
    LinkKeys, LinkSecret, PayloadKey, decode_base64url, derive_link_keys, derive_link_keys_without_password,
};

use crate::error::TransferError;

/// The keys of a link, in types that can cross into a worker and back ([`PayloadKey::to_text`],
/// [`LinkAuth::expose`]).
#[derive(Debug)]
pub struct LinkAccess {
    /// Opens and seals the payload.
    pub payload_key: PayloadKey,
    /// What the server is shown.
    pub auth: LinkAuth,
    /// What the server keeps: SHA-256 of `auth`.
    pub verifier: Verifier,
}

/// Derives the keys of a link. `password` is NFKC; with one this blocks for about 0.3 s.
///
/// # Errors
/// [`TransferError::InvalidInput`] for a password that is not 1 to 1024 bytes, [`TransferError::Device`] without memory.
pub fn derive_link_access(
    link_id: LinkId,
    secret: &LinkSecret,
    password: Option<&str>,
) -> Result<LinkAccess, TransferError> {
    access_of(derive_link_keys(
        link_id.as_bytes(),
        secret,
        password.map(str::as_bytes),
    )?)
}

/// Derives the keys of a link that has no password, without what stretches one.
///
/// # Errors
/// [`TransferError::NotWhatWasSealed`] if the proof could not be read back, which does not happen.
pub fn derive_link_access_without_password(link_id: LinkId, secret: &LinkSecret) -> Result<LinkAccess, TransferError> {
    access_of(derive_link_keys_without_password(link_id.as_bytes(), secret))
}

fn access_of(keys: LinkKeys) -> Result<LinkAccess, TransferError> {
    Ok(LinkAccess {
        auth: LinkAuth::new(decode_base64url(&keys.auth.to_base64url())?),
        verifier: Verifier::new(keys.auth.verifier()),
        payload_key: keys.payload_key,
    })
}
