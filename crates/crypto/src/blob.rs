//! Sealed blobs: every small secret and all metadata (format, section 3).
//!
//! Key, nonce and a commitment come out of one HKDF call over a fresh salt, so a key is used once and there is
//! nothing to count. The commitment is compared before any GCM call: plain GCM can be made to open under two keys.

use alloc::vec;
use alloc::vec::Vec;

use aes_gcm::{Aes256Gcm, KeyInit};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::{
    context::BlobContext,
    error::{Error, Result},
    keys::{
        account::{AnchorKey, ItemKey, OwnerLinkKey, PrefsKey},
        derive::{expand_info, extract},
        label,
        secret::{DeviceKey, Kek, PayloadKey},
    },
    object::cipher::{open_gcm, run_ready, seal_gcm},
    random::make_random,
};

const VERSION: u8 = 1;
const SUITE: u8 = 1;
/// Header, salt and commitment in front of the ciphertext.
const FRONT: usize = 4 + 32 + 32;
const TAG: usize = 16;
const MIN_PLAIN: usize = 64;
const MAX_PLAIN: usize = 65_536;

/// Key (32), nonce (12) and commitment (32) of one blob.
pub type Okm = Zeroizing<[u8; 76]>;

/// A key that blobs are sealed under. It need not be readable: a non-extractable WebCrypto `HKDF` key will do.
#[expect(
    async_fn_in_trait,
    reason = "browser futures are never Send and the native ones are ready immediately"
)]
pub trait BlobKey {
    /// HKDF-SHA-256 with this key as input keying material, 76 bytes.
    ///
    /// # Errors
    /// [`Error::Backend`] if the key cannot be used.
    async fn okm(&self, salt: &[u8; 32], info: &[u8]) -> Result<Okm>;
}

/// A blob key whose bytes are here. Sealed: only this crate's secrets are.
pub trait KeyBytes: sealed::Bytes {}

mod sealed {
    pub trait Bytes {
        fn key_bytes(&self) -> &[u8; 32];
    }
}

macro_rules! blob_key {
    ($($name:ident),*) => {$(
        impl sealed::Bytes for $name {
            fn key_bytes(&self) -> &[u8; 32] {
                self.bytes()
            }
        }

        impl KeyBytes for $name {}

        impl BlobKey for $name {
            async fn okm(&self, salt: &[u8; 32], info: &[u8]) -> Result<Okm> {
                Ok(derive_okm(self.bytes(), salt, info))
            }
        }
    )*};
}
blob_key!(Kek, ItemKey, OwnerLinkKey, PrefsKey, AnchorKey, PayloadKey, DeviceKey);

fn derive_okm(key: &[u8; 32], salt: &[u8; 32], info: &[u8]) -> Okm {
    let mut okm = Zeroizing::new([0; 76]);
    expand_info(&extract(salt, &[key]), &[info], &mut *okm);
    okm
}

/// Seals up to 65,532 bytes for one place. Their length is hidden up to the next power of two.
///
/// # Errors
/// [`Error::TooLarge`], [`Error::Random`], and those of the key.
pub async fn seal_blob<K: BlobKey>(key: &K, context: &BlobContext<'_>, data: &[u8]) -> Result<Vec<u8>> {
    let header = header(context);
    let salt = make_random()?;
    let okm = key.okm(&salt, &info(&header, context)).await?;
    seal_with(&okm, &header, &salt, data)
}

/// [`seal_blob`] for a key whose bytes are here.
///
/// # Errors
/// As [`seal_blob`].
pub fn seal_blob_sync<K: KeyBytes + BlobKey>(key: &K, context: &BlobContext<'_>, data: &[u8]) -> Result<Vec<u8>> {
    run_ready(seal_blob(key, context, data))
}

/// Opens a blob in its place.
///
/// # Errors
/// [`Error::NewerVersion`] for an unknown version or suite, [`Error::Sealed`] for anything else that is wrong with
/// it, and those of the key.
pub async fn open_blob<K: BlobKey>(key: &K, context: &BlobContext<'_>, blob: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
    let (header, salt) = read_front(context.purpose(), blob)?;
    let okm = key.okm(&salt, &info(&header, context)).await?;
    open_with(&okm, blob)
}

/// [`open_blob`] for a key whose bytes are here.
///
/// # Errors
/// As [`open_blob`].
pub fn open_blob_sync<K: KeyBytes + BlobKey>(
    key: &K,
    context: &BlobContext<'_>,
    blob: &[u8],
) -> Result<Zeroizing<Vec<u8>>> {
    run_ready(open_blob(key, context, blob))
}

fn header(context: &BlobContext<'_>) -> [u8; 4] {
    [VERSION, SUITE, context.purpose(), 0]
}

fn info(header: &[u8; 4], context: &BlobContext<'_>) -> Vec<u8> {
    info_of(header, &context.encode())
}

fn info_of(header: &[u8; 4], context: &[u8]) -> Vec<u8> {
    [label::BLOB.0.as_bytes(), &[0], header, context].concat()
}

fn seal_with(okm: &Okm, header: &[u8; 4], salt: &[u8; 32], data: &[u8]) -> Result<Vec<u8>> {
    let plain_len = (4 + data.len()).next_power_of_two().max(MIN_PLAIN);
    if plain_len > MAX_PLAIN {
        return Err(Error::TooLarge);
    }
    let len = u32::try_from(data.len()).map_err(|_| Error::TooLarge)?;
    let mut plain = Zeroizing::new(Vec::with_capacity(plain_len));
    plain.extend_from_slice(&len.to_be_bytes());
    plain.extend_from_slice(data);
    plain.resize(plain_len, 0);

    let (key, nonce, commitment) = split(okm);
    let mut blob = Vec::with_capacity(FRONT + plain_len + TAG);
    for piece in [&header[..], salt, commitment] {
        blob.extend_from_slice(piece);
    }
    blob.resize(FRONT + plain_len + TAG, 0);
    seal_gcm(&Aes256Gcm::new(key.into()), nonce, &[], &plain, &mut blob[FRONT..])?;
    Ok(blob)
}

fn read_front(purpose: u8, blob: &[u8]) -> Result<([u8; 4], [u8; 32])> {
    let (Some(header), Some(salt)) = (
        blob.first_chunk::<4>(),
        blob.get(4..).and_then(|b| b.first_chunk::<32>()),
    ) else {
        return Err(Error::Sealed);
    };
    if header[0] != VERSION || header[1] != SUITE {
        return Err(Error::NewerVersion);
    }
    let plain_len = blob.len().saturating_sub(FRONT + TAG);
    let right_len = (MIN_PLAIN..=MAX_PLAIN).contains(&plain_len) && plain_len.is_power_of_two();
    if right_len && header[2] == purpose && header[3] == 0 {
        Ok((*header, *salt))
    } else {
        Err(Error::Sealed)
    }
}

fn open_with(okm: &Okm, blob: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
    let (key, nonce, commitment) = split(okm);
    if !bool::from(commitment[..].ct_eq(&blob[FRONT - 32..FRONT])) {
        return Err(Error::Sealed);
    }
    let mut plain = Zeroizing::new(vec![0; blob.len() - FRONT - TAG]);
    open_gcm(&Aes256Gcm::new(key.into()), nonce, &[], &blob[FRONT..], &mut plain)?;
    let (len, rest) = plain.split_first_chunk::<4>().ok_or(Error::Sealed)?;
    let len = u32::from_be_bytes(*len) as usize;
    match rest.split_at_checked(len) {
        Some((data, zeros)) if zeros.iter().all(|zero| *zero == 0) => Ok(Zeroizing::new(data.to_vec())),
        _ => Err(Error::Sealed),
    }
}

fn split(okm: &Okm) -> (&[u8; 32], &[u8; 12], &[u8; 32]) {
    let (key, rest) = okm.split_first_chunk().expect("76 bytes hold a key of 32");
    let (nonce, rest) = rest.split_first_chunk().expect("44 bytes hold a nonce of 12");
    (
        key,
        nonce,
        rest.first_chunk().expect("32 bytes are left for the commitment"),
    )
}

/// Seals a blob for known answers: the context is given as bytes, the salt too.
#[cfg(feature = "kat")]
pub(crate) fn seal_blob_fixed(
    key: &[u8; 32],
    purpose: u8,
    context: &[u8],
    salt: &[u8; 32],
    data: &[u8],
) -> Result<Vec<u8>> {
    let header = [VERSION, SUITE, purpose, 0];
    seal_with(&derive_okm(key, salt, &info_of(&header, context)), &header, salt, data)
}

/// Opens a blob for known answers: the context is given as bytes.
#[cfg(feature = "kat")]
pub(crate) fn open_blob_fixed(key: &[u8; 32], purpose: u8, context: &[u8], blob: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
    let (header, salt) = read_front(purpose, blob)?;
    open_with(&derive_okm(key, &salt, &info_of(&header, context)), blob)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::link::LinkFlags;
    use proptest::prelude::*;

    const ID: [u8; 16] = [9; 16];

    #[test]
    fn c04_a_blob_opens_in_its_own_place_only() -> Result<()> {
        let key = PayloadKey::from_bytes([1; 32]);
        let place = |link_id, rev| BlobContext::LinkPayload {
            link_id,
            flags: LinkFlags::NONE,
            rev,
        };
        let blob = seal_blob_sync(&key, &place(&ID, 1), b"payload")?;
        assert_eq!(*open_blob_sync(&key, &place(&ID, 1), &blob)?, b"payload");
        let other = PayloadKey::from_bytes([2; 32]);
        let with_password = BlobContext::LinkPayload {
            link_id: &ID,
            flags: LinkFlags::PASSWORD,
            rev: 1,
        };
        let preferences = BlobContext::Preferences {
            account_id: &ID,
            epoch: 1,
            rev: 1,
        };
        for (key, context) in [
            (&key, place(&ID, 2)),
            (&key, place(&[8; 16], 1)),
            (&key, with_password),
            (&key, preferences),
            (&other, place(&ID, 1)),
        ] {
            assert_eq!(open_blob_sync(key, &context, &blob), Err(Error::Sealed), "{context:?}");
        }
        Ok(())
    }

    #[test]
    fn two_seals_share_nothing() -> Result<()> {
        let key = DeviceKey::from_bytes([1; 32]);
        let context = BlobContext::UploadSession {
            account: None,
            object_id: &ID,
        };
        let (a, b) = (
            seal_blob_sync(&key, &context, b"x")?,
            seal_blob_sync(&key, &context, b"x")?,
        );
        assert_ne!(a[4..36], b[4..36]);
        assert_ne!(a[36..], b[36..]);
        Ok(())
    }

    proptest! {
        #[test]
        fn lengths_fall_into_powers_of_two(len in 0_usize..70_000) {
            let key = DeviceKey::from_bytes([1; 32]);
            let context = BlobContext::UploadSession { account: None, object_id: &ID };
            let data = vec![7; len];
            match seal_blob_sync(&key, &context, &data) {
                Ok(blob) => {
                    prop_assert!(len <= 65_532 && (blob.len() - 84).is_power_of_two() && blob.len() >= 84 + 64);
                    prop_assert_eq!(&*open_blob_sync(&key, &context, &blob).expect("it opens"), &data);
                }
                Err(error) => prop_assert!(len > 65_532 && error == Error::TooLarge),
            }
        }
    }
}
