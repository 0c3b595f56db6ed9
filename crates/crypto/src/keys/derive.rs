//! HMAC, HKDF (RFC 5869) and labelled hashes with SHA-256: the only ways in which one value comes out of another.

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use super::label::Label;

/// A pseudorandom key, the output of [`extract`].
pub(crate) type Prk = Zeroizing<[u8; 32]>;

/// HMAC-SHA-256 over the concatenation of `message`.
pub(crate) fn mac(key: &[u8], message: &[&[u8]]) -> Zeroizing<[u8; 32]> {
    let mut hmac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of every length");
    for piece in message {
        hmac.update(piece);
    }
    Zeroizing::new(hmac.finalize().into_bytes().into())
}

/// HKDF-Extract; `ikm` is the concatenation of the pieces.
pub(crate) fn extract(salt: &[u8], ikm: &[&[u8]]) -> Prk {
    mac(salt, ikm)
}

/// HKDF-Expand into `out`, with `info` the concatenation of the pieces. `out` is at most 255 · 32 bytes.
pub(crate) fn expand_info(prk: &[u8; 32], info: &[&[u8]], out: &mut [u8]) {
    let keyed = Hmac::<Sha256>::new_from_slice(prk).expect("HMAC takes keys of every length");
    let mut block = Zeroizing::new([0_u8; 32]);
    for (index, chunk) in out.chunks_mut(32).enumerate() {
        let mut hmac = keyed.clone();
        if index > 0 {
            hmac.update(&*block);
        }
        for piece in info {
            hmac.update(piece);
        }
        let counter = u8::try_from(index + 1).expect("RFC 5869 ends at 255 blocks and every caller asks for less");
        hmac.update(&[counter]);
        block.copy_from_slice(&hmac.finalize().into_bytes());
        chunk.copy_from_slice(&block[..chunk.len()]);
    }
}

/// `Expand(prk, label, context, N)` of the format: `info = label ‖ 00 ‖ context`.
pub(crate) fn expand<const N: usize>(prk: &Prk, label: Label, context: &[u8]) -> Zeroizing<[u8; N]> {
    let mut out = Zeroizing::new([0; N]);
    expand_info(prk, &[label.0.as_bytes(), &[0], context], &mut *out);
    out
}

/// SHA-256 of the concatenation of the pieces.
pub(crate) fn hash(pieces: &[&[u8]]) -> [u8; 32] {
    let mut sha = Sha256::new();
    for piece in pieces {
        sha.update(piece);
    }
    sha.finalize().into()
}

/// `SHA-256(label ‖ 00 ‖ pieces)`.
pub(crate) fn hash_labelled(label: Label, pieces: &[&[u8]]) -> [u8; 32] {
    let mut sha = Sha256::new();
    sha.update(label.0.as_bytes());
    sha.update([0]);
    for piece in pieces {
        sha.update(piece);
    }
    sha.finalize().into()
}
