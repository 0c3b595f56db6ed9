//! This browser's key: 32 random bytes in a WebCrypto key that cannot be exported, kept in the database (format, section 2).

use js_sys::{Array, ArrayBuffer, Object, Reflect, Uint8Array};
use sealdrop_crypto::{BlobKey, Error, Okm, Result};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{CryptoKey, SubtleCrypto};

use super::database::Database;
use crate::cipher::subtle::{settle, subtle};

/// Bits that a blob needs of it.
const BITS: u32 = 76 * 8;

/// The key, not extractable.
pub(crate) struct DeviceKey {
    subtle: SubtleCrypto,
    key: CryptoKey,
}

/// Finds the key, or makes it.
pub(super) async fn of_this_browser(database: &Database) -> Option<DeviceKey> {
    let subtle = subtle()?;
    let kept = database.key().await.ok()?;
    let key = if kept.is_undefined() {
        let made = make(&subtle).await.ok()?;
        database.keep_key(&made).await.ok()?
    } else {
        kept
    };
    let key = key.dyn_into().ok()?;
    Some(DeviceKey { subtle, key })
}

async fn make(subtle: &SubtleCrypto) -> Result<JsValue> {
    let mut bytes = zeroize::Zeroizing::new([0; 32]);
    getrandom::fill(&mut *bytes).map_err(|_| Error::Random)?;
    let raw = Uint8Array::from(bytes.as_slice());
    let usages = Array::of1(&"deriveBits".into());
    let imported = subtle.import_key_with_str("raw", &raw, "HKDF", false, &usages);
    let imported = settle(imported).await;
    raw.fill(0, 0, 32);
    imported
}

impl BlobKey for DeviceKey {
    async fn okm(&self, salt: &[u8; 32], info: &[u8]) -> Result<Okm> {
        let how = Object::new();
        let set = |name: &str, value: &JsValue| Reflect::set(&how, &name.into(), value).map_err(|_| Error::Backend);
        set("name", &"HKDF".into())?;
        set("hash", &"SHA-256".into())?;
        set("salt", &Uint8Array::from(salt.as_slice()))?;
        set("info", &Uint8Array::from(info))?;
        let derived = self.subtle.derive_bits_with_object(&how, &self.key, BITS);
        let derived: ArrayBuffer = settle(derived).await?.dyn_into().map_err(|_| Error::Backend)?;
        let view = Uint8Array::new(&derived);
        let mut okm = Okm::new([0; 76]);
        if view.length() != 76 {
            return Err(Error::Backend);
        }
        view.copy_to(&mut *okm);
        view.fill(0, 0, 76);
        Ok(okm)
    }
}
