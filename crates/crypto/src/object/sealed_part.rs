//! A part of an object, ready to be stored.

use alloc::vec::Vec;
use core::fmt;

use super::tag_root::Digest;

/// One part, sealed.
pub struct SealedPart {
    /// The bytes to store.
    pub bytes: Vec<u8>,
    /// One digest for each 10 MiB of them, for [`TagRoot`](crate::TagRoot).
    pub digests: Vec<Digest>,
}

impl fmt::Debug for SealedPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SealedPart")
            .field("len", &self.bytes.len())
            .finish_non_exhaustive()
    }
}
