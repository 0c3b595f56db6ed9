//! Which cipher does the work, and a record key in it.

use js_sys::{ArrayBuffer, Uint8Array};
use sealdrop_crypto::{
    CipherBackend, Error, ReadSlot, RecordCipher, RecordKeyBytes, RecordSlot, Result, RustCrypto, RustCryptoCipher,
};

use super::backend::{WebCrypto, WebCryptoCipher};
use super::subtle;

/// Which cipher does the work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CipherKind {
    /// The browser's own.
    WebCrypto,
    /// The crate `aes-gcm`, compiled to WebAssembly.
    Wasm,
}

impl CipherKind {
    /// The faster one that this thread has. One choice for a whole visit, though every thread asks for itself: engines give
    /// WebCrypto to secure contexts and to nothing else, and a worker is one exactly when its page is, for as long as
    /// both live. A choice handed over could differ only by being one that the worker cannot follow.
    #[must_use]
    pub fn choose() -> Self {
        if subtle::subtle().is_some() {
            Self::WebCrypto
        } else {
            Self::Wasm
        }
    }

    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::WebCrypto => "WebCrypto",
            Self::Wasm => "WebAssembly",
        }
    }
}

/// A record key, imported.
pub(super) enum RecordKey {
    WebCrypto(WebCryptoCipher),
    Wasm(Box<RustCryptoCipher>),
}

impl RecordKey {
    pub(super) async fn import(kind: CipherKind, key: RecordKeyBytes<'_>) -> Result<Self> {
        match kind {
            CipherKind::WebCrypto => {
                let backend = WebCrypto::find().ok_or(Error::Backend)?;
                Ok(Self::WebCrypto(backend.import(key).await?))
            }
            CipherKind::Wasm => Ok(Self::Wasm(Box::new(RustCrypto.import(key).await?))),
        }
    }

    /// Seals `plain` into `out`, nonce first: `out` is 28 bytes longer. Gives the buffer that it came in, which is done with.
    pub(super) async fn seal(&self, at: &RecordSlot, plain: &Uint8Array, out: &Uint8Array) -> Result<ArrayBuffer> {
        let nonce = out.subarray(0, 12);
        nonce.copy_from(at.nonce());
        let sealed = match self {
            Self::WebCrypto(cipher) => {
                let sealed = subtle::encrypt(&cipher.subtle, &cipher.key, &nonce, at.aad(), plain).await?;
                Uint8Array::new(&sealed)
            }
            Self::Wasm(cipher) => {
                let plain = zeroize::Zeroizing::new(plain.to_vec());
                let mut sealed = vec![0; plain.len() + 16];
                cipher.seal(at, &plain, &mut sealed).await?;
                Uint8Array::from(sealed.as_slice())
            }
        };
        if sealed.length() + 12 != out.length() {
            return Err(Error::Backend);
        }
        out.set(&sealed, 12);
        Ok(sealed.buffer())
    }

    /// Opens a record as it is about to be sent and compares it with what it was made of.
    pub(super) async fn check(&self, at: &RecordSlot, plain: &Uint8Array, out: &Uint8Array) -> Result<()> {
        let slot = |_: &[u8]| Ok(at.read_back());
        let opened = self
            .open(
                OpenAt {
                    aad: at.aad(),
                    slot: &slot,
                },
                out,
            )
            .await?;
        let (was, is) = (
            zeroize::Zeroizing::new(plain.to_vec()),
            zeroize::Zeroizing::new(opened.to_vec()),
        );
        if was == is { Ok(()) } else { Err(Error::Sealed) }
    }

    /// Opens a record: `stored` is nonce, ciphertext and tag. Gives its plaintext in a buffer of its own.
    pub(super) async fn open(&self, at: OpenAt<'_>, stored: &Uint8Array) -> Result<Uint8Array> {
        match self {
            Self::WebCrypto(cipher) => {
                let (nonce, sealed) = (stored.subarray(0, 12), stored.subarray(12, stored.length()));
                let plain = subtle::decrypt(&cipher.subtle, &cipher.key, &nonce, at.aad, &sealed).await?;
                Ok(Uint8Array::new(&plain))
            }
            Self::Wasm(cipher) => {
                let stored = stored.to_vec();
                let slot = (at.slot)(&stored)?;
                let sealed = stored.get(12..).ok_or(Error::Sealed)?;
                let len = sealed.len().checked_sub(16).ok_or(Error::Sealed)?;
                let mut plain = zeroize::Zeroizing::new(vec![0; len]);
                cipher.open(&slot, sealed, &mut plain).await?;
                Ok(Uint8Array::from(plain.as_slice()))
            }
        }
    }
}

/// Where a record stands that is about to be opened.
pub(super) struct OpenAt<'a> {
    /// The additional data.
    pub(super) aad: &'a [u8],
    /// The same place as the crypto room wants it, from the stored bytes.
    pub(super) slot: &'a dyn Fn(&[u8]) -> Result<ReadSlot>,
}

#[cfg(test)]
mod tests {
    use sealdrop_crypto::{Kind, ObjectWriter, Padding, make_object, size};
    use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

    use super::*;

    wasm_bindgen_test_configure!(run_in_browser);

    #[wasm_bindgen_test]
    async fn u32_a_bit_that_flips_before_sending_is_noticed() -> Result<()> {
        let writer = ObjectWriter::new(make_object()?, 70_000, Kind::Content, Padding::Exact, size::PART)?;
        let plan = writer.part(1)?;
        let record = &plan.records()[0];
        for kind in [CipherKind::WebCrypto, CipherKind::Wasm] {
            let key = RecordKey::import(kind, writer.record_key()).await?;
            let plain = Uint8Array::new_with_length(record.plain_len() as u32).fill(7, 0, 70_000);
            let out = Uint8Array::new_with_length(record.plain_len() as u32 + 28);
            key.seal(record.slot(), &plain, &out).await?;
            key.check(record.slot(), &plain, &out).await?;
            out.set_index(5_000, out.get_index(5_000) ^ 1);
            assert_eq!(
                key.check(record.slot(), &plain, &out).await,
                Err(Error::Sealed),
                "{}",
                kind.name()
            );
            out.set_index(5_000, out.get_index(5_000) ^ 1);
            plain.set_index(60_000, 6);
            assert_eq!(
                key.check(record.slot(), &plain, &out).await,
                Err(Error::Sealed),
                "{}",
                kind.name()
            );
        }
        Ok(())
    }
}
