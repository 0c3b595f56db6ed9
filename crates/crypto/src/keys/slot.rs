//! Slots: the ways in which an account master key can be unwrapped (format, section 4).

use alloc::vec::Vec;

use super::{
    derive::{Prk, expand, extract, hash_labelled},
    label,
    password::{Profile, stretch},
    recovery::RecoverySecret,
    secret::{Amk, Gate, Kek, secret},
};
use crate::{
    blob::{BlobKey, KeyBytes, open_blob_sync, seal_blob_sync},
    context::BlobContext,
    error::{Error, Result},
};

/// What comes out of a passphrase.
#[derive(Debug)]
pub struct PassphraseKeys {
    /// Opens the slot's blob.
    pub kek: Kek,
    /// Makes the server hand out the slot's blob.
    pub gate: Gate,
}

/// Derives key and gate of a passphrase slot. `passphrase` is NFKC UTF-8, nothing trimmed.
///
/// Blocks for the time of the profile's Argon2id, 0.2 s to 2.5 s: call it in a worker or a blocking thread.
///
/// # Errors
/// [`Error::PasswordLength`]; [`Error::Backend`] without memory.
pub fn derive_passphrase_slot(
    passphrase: &[u8],
    account_id: &[u8; 16],
    slot_id: &[u8; 16],
    slot_salt: &[u8; 16],
    profile: Profile,
) -> Result<PassphraseKeys> {
    let digest = hash_labelled(label::KDF_SALT, &[account_id, slot_salt]);
    let salt = digest.first_chunk().expect("a digest has 16 bytes");
    let prk: Prk = extract(account_id, &[&*stretch(passphrase, salt, profile)?]);
    Ok(PassphraseKeys {
        kek: Kek::from_bytes(*expand(&prk, label::PASSPHRASE_KEK, slot_id)),
        gate: Gate::from_bytes(*expand(&prk, label::PASSPHRASE_GATE, slot_id)),
    })
}

secret! {
    /// What a passkey's PRF extension returned for [`prf_input`].
    PrfOutput[32]
}

impl PrfOutput {
    /// Takes the 32 bytes that the authenticator returned.
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self::from_bytes(bytes)
    }

    /// Key of the slot of this passkey.
    pub fn derive_kek(&self, account_id: &[u8; 16], slot_id: &[u8; 16]) -> Kek {
        derive_kek(self.bytes(), label::PRF_KEK, account_id, slot_id)
    }
}

/// The constant that every passkey is asked to evaluate (`prf.eval.first` of WebAuthn level 3).
pub fn prf_input() -> [u8; 32] {
    hash_labelled(label::PRF_INPUT, &[])
}

impl RecoverySecret {
    /// Key of the slot of this recovery code.
    pub fn derive_kek(&self, account_id: &[u8; 16], slot_id: &[u8; 16]) -> Kek {
        derive_kek(self.bytes(), label::RECOVERY_KEK, account_id, slot_id)
    }
}

fn derive_kek(secret: &[u8], label: label::Label, account_id: &[u8; 16], slot_id: &[u8; 16]) -> Kek {
    Kek::from_bytes(*expand(&extract(account_id, &[secret]), label, slot_id))
}

/// Wraps an account master key into the blob of a slot; `context` is one of the four slots.
///
/// # Errors
/// [`Error::Random`]; [`Error::Misuse`] for a context that is no slot.
pub fn wrap_amk<K: KeyBytes + BlobKey>(key: &K, context: &BlobContext<'_>, amk: &Amk) -> Result<Vec<u8>> {
    expect_slot(context)?;
    seal_blob_sync(key, context, amk.bytes())
}

/// Unwraps the account master key from the blob of a slot.
///
/// # Errors
/// As [`open_blob`](crate::open_blob); [`Error::Misuse`] for a context that is no slot.
pub fn unwrap_amk<K: KeyBytes + BlobKey>(key: &K, context: &BlobContext<'_>, blob: &[u8]) -> Result<Amk> {
    expect_slot(context)?;
    let plain = open_blob_sync(key, context, blob)?;
    let bytes = <&[u8; 32]>::try_from(plain.as_slice()).map_err(|_| Error::Sealed)?;
    Ok(Amk::from_bytes(*bytes))
}

fn expect_slot(context: &BlobContext<'_>) -> Result<()> {
    if context.purpose() <= 4 {
        Ok(())
    } else {
        Err(Error::Misuse("an account key is wrapped in slots only"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrapped_key_unwraps_in_its_slot() -> Result<()> {
        let (account_id, slot_id) = ([1; 16], [2; 16]);
        let amk = Amk::make()?;
        let secret = RecoverySecret::make()?;
        let kek = secret.derive_kek(&account_id, &slot_id);
        let context = BlobContext::RecoverySlot {
            account_id: &account_id,
            slot_id: &slot_id,
            epoch: 1,
        };
        let blob = wrap_amk(&kek, &context, &amk)?;
        assert_eq!(unwrap_amk(&kek, &context, &blob)?.bytes(), amk.bytes());
        let later = BlobContext::RecoverySlot {
            account_id: &account_id,
            slot_id: &slot_id,
            epoch: 2,
        };
        assert_eq!(unwrap_amk(&kek, &later, &blob).map(|_| ()), Err(Error::Sealed));
        let prefs = BlobContext::Preferences {
            account_id: &account_id,
            epoch: 1,
            rev: 1,
        };
        assert!(matches!(wrap_amk(&kek, &prefs, &amk), Err(Error::Misuse(_))));
        Ok(())
    }
}
