//! The calls of WebCrypto that records need, and nothing more of it.

use js_sys::{Array, ArrayBuffer, Object, Reflect, Uint8Array};
use sealdrop_crypto::{Error, Result};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AesGcmParams, CryptoKey, SubtleCrypto};

const AES_GCM: &str = "AES-GCM";

/// WebCrypto of this thread; `None` where the page is not a secure context or the engine is old.
pub(crate) fn subtle() -> Option<SubtleCrypto> {
    let crypto = Reflect::get(&js_sys::global(), &"crypto".into()).ok()?;
    let subtle = Reflect::get(&crypto, &"subtle".into()).ok()?;
    subtle.dyn_into().ok()
}

/// Imports an AES-256-GCM key that scripts cannot read back.
pub(super) async fn import_key(subtle: &SubtleCrypto, bytes: &[u8; 32]) -> Result<CryptoKey> {
    let raw = Uint8Array::from(bytes.as_slice());
    let algorithm: Object = Object::new();
    Reflect::set(&algorithm, &"name".into(), &AES_GCM.into()).map_err(|_| Error::Backend)?;
    let usages = Array::of2(&"encrypt".into(), &"decrypt".into());
    let imported = subtle.import_key_with_object("raw", &raw, &algorithm, false, &usages);
    let imported = settle(imported).await;
    // The engine has its own copy now; this one is ours to wipe.
    raw.fill(0, 0, 32);
    imported?.dyn_into().map_err(|_| Error::Backend)
}

/// Seals: gives ciphertext and tag in a new buffer.
pub(super) async fn encrypt(
    subtle: &SubtleCrypto,
    key: &CryptoKey,
    nonce: &Uint8Array,
    aad: &[u8],
    plain: &Uint8Array,
) -> Result<ArrayBuffer> {
    let sealed = subtle.encrypt_with_object_and_js_u8_array(&params(nonce, aad), key, plain);
    settle(sealed).await?.dyn_into().map_err(|_| Error::Backend)
}

/// Opens: gives plaintext in a new buffer.
pub(super) async fn decrypt(
    subtle: &SubtleCrypto,
    key: &CryptoKey,
    nonce: &Uint8Array,
    aad: &[u8],
    sealed: &Uint8Array,
) -> Result<ArrayBuffer> {
    let opened = subtle
        .decrypt_with_object_and_js_u8_array(&params(nonce, aad), key, sealed)
        .map_err(|_| Error::Backend)?;
    match JsFuture::from(opened).await {
        Ok(buffer) => buffer.dyn_into().map_err(|_| Error::Backend),
        Err(error) if is_named(&error, "OperationError") => Err(Error::Sealed),
        Err(_) => Err(Error::Backend),
    }
}

/// Starts SHA-256; the bytes are taken before it returns.
pub(crate) fn start_digest(subtle: &SubtleCrypto, bytes: &Uint8Array) -> Result<JsFuture> {
    subtle
        .digest_with_str_and_js_u8_array("SHA-256", bytes)
        .map(JsFuture::from)
        .map_err(|_| Error::Backend)
}

/// What [`start_digest`] came to.
pub(crate) async fn finish_digest(digest: JsFuture) -> Result<[u8; 32]> {
    let buffer: ArrayBuffer = digest
        .await
        .map_err(|_| Error::Backend)?
        .dyn_into()
        .map_err(|_| Error::Backend)?;
    let mut bytes = [0; 32];
    let view = Uint8Array::new(&buffer);
    if view.length() != 32 {
        return Err(Error::Backend);
    }
    view.copy_to(&mut bytes);
    Ok(bytes)
}

fn params(nonce: &Uint8Array, aad: &[u8]) -> AesGcmParams {
    let params = AesGcmParams::new(AES_GCM, nonce);
    params.set_additional_data(&Uint8Array::from(aad));
    params.set_tag_length(128);
    params
}

pub(crate) async fn settle(promise: std::result::Result<js_sys::Promise, JsValue>) -> Result<JsValue> {
    JsFuture::from(promise.map_err(|_| Error::Backend)?)
        .await
        .map_err(|_| Error::Backend)
}

/// Whether a rejection is a `DOMException` of this name.
pub(crate) fn is_named(error: &JsValue, name: &str) -> bool {
    Reflect::get(error, &"name".into()).is_ok_and(|found| found == name)
}
