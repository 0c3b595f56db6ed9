//! The 128 bytes in front of every object, and what is made together with them (format, section 2).

use core::fmt;

use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::cipher::RecordKeyBytes;
use crate::{
    error::{Error, Result},
    keys::{
        derive::{Prk, expand, extract, mac},
        label,
        secret::Fek,
    },
    random::make_random,
    size::{HDR, MAX_S, PROLOGUE, R, object_len},
};

const MAGIC: [u8; 8] = *b"\x89SD1\r\n\x1a\n";
const VERSION: u8 = 1;
const SUITE: u8 = 1;

pub(crate) type HeaderBytes = [u8; HDR as usize];

/// What an object holds. It is sealed inside: a server cannot tell one kind from the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Kind {
    /// One file, a slice of one, or a pack of many.
    Content = 1,
    /// The list of a bundle that is too large for its item or payload.
    Manifest = 2,
}

/// The three values that make an object, made together and used for nothing else, ever.
///
/// A resumed upload keeps all three; a changed source, a new version and a try after an abort get three new ones.
pub struct ObjectIdentity {
    object_id: [u8; 16],
    salt: [u8; 32],
    fek: Fek,
}

/// Makes the identity of a new object from the system's generator.
///
/// # Errors
/// [`Error::Random`].
pub fn make_object() -> Result<ObjectIdentity> {
    Ok(ObjectIdentity {
        object_id: make_random()?,
        salt: make_random()?,
        fek: Fek::from_bytes(make_random()?),
    })
}

impl ObjectIdentity {
    /// Puts an identity together again to resume the upload it was made for.
    pub const fn restore(object_id: [u8; 16], salt: [u8; 32], fek: Fek) -> Self {
        Self { object_id, salt, fek }
    }

    /// Name of the object, known to the server.
    pub const fn object_id(&self) -> &[u8; 16] {
        &self.object_id
    }

    /// Salt of the object, readable in its header.
    pub const fn salt(&self) -> &[u8; 32] {
        &self.salt
    }

    /// The key, for the item or payload that names the object.
    pub const fn fek(&self) -> &Fek {
        &self.fek
    }
}

impl fmt::Debug for ObjectIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ObjectIdentity")
            .field("object_id", &self.object_id)
            .finish_non_exhaustive()
    }
}

/// What is derived from an identity: the record key and the key of the header tag.
pub(crate) struct ObjectKeys {
    fixed: [u8; 64],
    record_key: Zeroizing<[u8; 32]>,
    tag_key: Zeroizing<[u8; 32]>,
}

impl ObjectKeys {
    pub(crate) fn derive(object_id: &[u8; 16], salt: &[u8; 32], fek: &Fek) -> Self {
        let mut fixed = [0; 64];
        fixed[..8].copy_from_slice(&MAGIC);
        fixed[8] = VERSION;
        fixed[9] = SUITE;
        fixed[12..16].copy_from_slice(&(R as u32).to_be_bytes());
        fixed[16..32].copy_from_slice(object_id);
        fixed[32..].copy_from_slice(salt);
        let prk: Prk = extract(salt, &[fek.bytes()]);
        Self {
            record_key: expand(&prk, label::RECORD_KEY, &fixed),
            tag_key: expand(&prk, label::HEADER_TAG, &fixed),
            fixed,
        }
    }

    pub(crate) fn record_key(&self) -> RecordKeyBytes<'_> {
        RecordKeyBytes::new(&self.record_key)
    }

    /// The header of a stream of `stream_len` bytes.
    pub(crate) fn header(&self, stream_len: u64) -> HeaderBytes {
        let mut header = [0; HDR as usize];
        header[..64].copy_from_slice(&self.fixed);
        header[64..72].copy_from_slice(&stream_len.to_be_bytes());
        let tag = mac(&*self.tag_key, &[&header[..96]]);
        header[96..].copy_from_slice(&*tag);
        header
    }
}

/// Checks a header against what the reader asked for and derives the object's keys.
///
/// # Errors
/// [`Error::NewerVersion`] for an unknown version or suite behind the right magic, [`Error::Sealed`] otherwise.
pub(crate) fn open_header(
    object_id: &[u8; 16],
    fek: &Fek,
    stream_len: u64,
    header: &HeaderBytes,
    stored_len: u64,
) -> Result<ObjectKeys> {
    if header[..8] != MAGIC {
        return Err(Error::Sealed);
    }
    if header[8] != VERSION || header[9] != SUITE {
        return Err(Error::NewerVersion);
    }
    let in_bounds = (PROLOGUE..=MAX_S).contains(&stream_len) && object_len(stream_len) == stored_len;
    let mut salt = [0; 32];
    salt.copy_from_slice(&header[32..64]);
    let keys = ObjectKeys::derive(object_id, &salt, fek);
    // Every other field has one right value, so the header that we would write ourselves is the whole check.
    if in_bounds && bool::from(keys.header(stream_len).ct_eq(header)) {
        Ok(keys)
    } else {
        Err(Error::Sealed)
    }
}
