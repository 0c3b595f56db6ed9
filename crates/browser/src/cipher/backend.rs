//! WebCrypto behind the traits of the crypto room.

use js_sys::Uint8Array;
use sealdrop_crypto::{CipherBackend, Error, ReadSlot, RecordCipher, RecordKeyBytes, RecordSlot, Result};
use web_sys::{CryptoKey, SubtleCrypto};

use super::subtle;

/// The back-end of the browser's own cryptography.
#[derive(Debug, Clone)]
pub struct WebCrypto {
    subtle: SubtleCrypto,
}

impl WebCrypto {
    /// It, where this thread has one: secure contexts only.
    #[must_use]
    pub fn find() -> Option<Self> {
        subtle::subtle().map(|subtle| Self { subtle })
    }
}

/// A record key in WebCrypto that cannot be exported.
#[derive(Debug, Clone)]
pub struct WebCryptoCipher {
    pub(super) subtle: SubtleCrypto,
    pub(super) key: CryptoKey,
}

impl CipherBackend for WebCrypto {
    type Cipher = WebCryptoCipher;

    async fn import(&self, key: RecordKeyBytes<'_>) -> Result<WebCryptoCipher> {
        let key = subtle::import_key(&self.subtle, key.expose()).await?;
        Ok(WebCryptoCipher {
            subtle: self.subtle.clone(),
            key,
        })
    }
}

impl RecordCipher for WebCryptoCipher {
    async fn seal(&self, at: &RecordSlot, plain: &[u8], out: &mut [u8]) -> Result<()> {
        if out.len() != plain.len() + 16 {
            return Err(Error::Misuse("sealed length is plain length + 16"));
        }
        let (nonce, plain) = (Uint8Array::from(at.nonce().as_slice()), Uint8Array::from(plain));
        let sealed = subtle::encrypt(&self.subtle, &self.key, &nonce, at.aad(), &plain).await?;
        take(&sealed, out)
    }

    async fn open(&self, at: &ReadSlot, sealed: &[u8], out: &mut [u8]) -> Result<()> {
        if sealed.len() < 16 {
            return Err(Error::Sealed);
        }
        if out.len() + 16 != sealed.len() {
            return Err(Error::Misuse("plain length is sealed length - 16"));
        }
        let (nonce, sealed) = (Uint8Array::from(at.nonce().as_slice()), Uint8Array::from(sealed));
        let plain = subtle::decrypt(&self.subtle, &self.key, &nonce, at.aad(), &sealed).await?;
        take(&plain, out)
    }
}

fn take(buffer: &js_sys::ArrayBuffer, out: &mut [u8]) -> Result<()> {
    let view = Uint8Array::new(buffer);
    if view.length() as usize != out.len() {
        return Err(Error::Backend);
    }
    view.copy_to(out);
    Ok(())
}
