//! AES-256-GCM over records, behind a trait, because browsers have a faster one than WebAssembly can be.

use core::fmt;
use core::future::Future;
use core::pin::pin;
use core::task::{Context, Poll, Waker};

use aes_gcm::aead::inout::InOutBuf;
use aes_gcm::{AeadInOut, Aes256Gcm, KeyInit, Nonce, Tag};

use super::plan::slots::{ReadSlot, RecordSlot};
use crate::{
    error::{Error, Result},
    size::TAG,
};

const TAG_LEN: usize = TAG as usize;

/// The record key on its way into a back-end. It lives as long as the writer or reader it comes from.
pub struct RecordKeyBytes<'a>(&'a [u8; 32]);

impl<'a> RecordKeyBytes<'a> {
    pub(crate) const fn new(key: &'a [u8; 32]) -> Self {
        Self(key)
    }

    /// The raw bytes, for a back-end's import function and nothing else.
    pub const fn expose(&self) -> &'a [u8; 32] {
        self.0
    }
}

impl fmt::Debug for RecordKeyBytes<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecordKeyBytes(redacted)")
    }
}

/// AES-256-GCM with one imported record key.
#[expect(
    async_fn_in_trait,
    reason = "browser futures are never Send and the native ones are ready immediately"
)]
pub trait RecordCipher {
    /// Seals `plain` into `out`, ciphertext then tag: `out` is 16 bytes longer than `plain`.
    ///
    /// # Errors
    /// [`Error::Misuse`] if the lengths do not fit, [`Error::Backend`] if the cipher fails.
    async fn seal(&self, at: &RecordSlot, plain: &[u8], out: &mut [u8]) -> Result<()>;

    /// Opens `sealed`, ciphertext then tag, into `out`, which is 16 bytes shorter. On an error `out` holds no
    /// plaintext.
    ///
    /// # Errors
    /// [`Error::Sealed`] if the tag is wrong, [`Error::Misuse`] if the lengths do not fit.
    async fn open(&self, at: &ReadSlot, sealed: &[u8], out: &mut [u8]) -> Result<()>;
}

/// A maker of [`RecordCipher`]s: takes the key once per object.
#[expect(
    async_fn_in_trait,
    reason = "browser futures are never Send and the native ones are ready immediately"
)]
pub trait CipherBackend {
    /// The cipher that holds an imported key.
    type Cipher: RecordCipher;

    /// Imports a record key, as non-extractable as the back-end can.
    ///
    /// # Errors
    /// [`Error::Backend`].
    async fn import(&self, key: RecordKeyBytes<'_>) -> Result<Self::Cipher>;
}

/// The back-end of the crate `aes-gcm`: everywhere, immediately ready.
#[derive(Debug, Clone, Copy, Default)]
pub struct RustCrypto;

/// A record key in the crate `aes-gcm`; its schedule is wiped when dropped.
pub struct RustCryptoCipher(Aes256Gcm);

impl fmt::Debug for RustCryptoCipher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RustCryptoCipher(redacted)")
    }
}

impl CipherBackend for RustCrypto {
    type Cipher = RustCryptoCipher;

    async fn import(&self, key: RecordKeyBytes<'_>) -> Result<RustCryptoCipher> {
        Ok(RustCryptoCipher::new(&key))
    }
}

impl RustCryptoCipher {
    pub(crate) fn new(key: &RecordKeyBytes<'_>) -> Self {
        Self(Aes256Gcm::new(key.expose().into()))
    }
}

impl RecordCipher for RustCryptoCipher {
    async fn seal(&self, at: &RecordSlot, plain: &[u8], out: &mut [u8]) -> Result<()> {
        seal_gcm(&self.0, at.nonce(), at.aad(), plain, out)
    }

    async fn open(&self, at: &ReadSlot, sealed: &[u8], out: &mut [u8]) -> Result<()> {
        open_gcm(&self.0, at.nonce(), at.aad(), sealed, out)
    }
}

pub(crate) fn seal_gcm(cipher: &Aes256Gcm, nonce: &[u8; 12], aad: &[u8], plain: &[u8], out: &mut [u8]) -> Result<()> {
    let (body, tag_out) = out
        .split_last_chunk_mut::<TAG_LEN>()
        .ok_or(Error::Misuse("no room for the tag"))?;
    let buffer = InOutBuf::new(plain, body).map_err(|_| Error::Misuse("sealed length is plain length + 16"))?;
    let tag = cipher
        .encrypt_inout_detached(&Nonce::from(*nonce), aad, buffer)
        .map_err(|_| Error::Backend)?;
    tag_out.copy_from_slice(&tag);
    Ok(())
}

pub(crate) fn open_gcm(cipher: &Aes256Gcm, nonce: &[u8; 12], aad: &[u8], sealed: &[u8], out: &mut [u8]) -> Result<()> {
    let (body, tag) = sealed.split_last_chunk::<TAG_LEN>().ok_or(Error::Sealed)?;
    let buffer = InOutBuf::new(body, out).map_err(|_| Error::Misuse("plain length is sealed length - 16"))?;
    cipher
        .decrypt_inout_detached(&Nonce::from(*nonce), aad, buffer, &Tag::from(*tag))
        .map_err(|_| Error::Sealed)
}

/// Runs a future of the RustCrypto back-end, which never waits, so that sync and async callers share one walk.
pub(crate) fn run_ready<T>(future: impl Future<Output = Result<T>>) -> Result<T> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(result) => result,
        Poll::Pending => Err(Error::Misuse("a synchronous call was given a back-end that waits")),
    }
}
