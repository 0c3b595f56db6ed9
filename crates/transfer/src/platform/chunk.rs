//! Plain content between a platform and where it is written.

use core::ops::Range;

/// Plain content that can be counted and cut.
pub trait Chunk: Sized {
    /// Its bytes.
    fn len(&self) -> usize;

    /// Whether it holds nothing.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// A part of it; cheap where the platform can share memory. `range` is within `0..len`.
    #[must_use]
    fn slice(&self, range: Range<usize>) -> Self;

    /// A copy, for content that the engine itself reads (manifests).
    fn to_vec(&self) -> Vec<u8>;

    /// Bytes that the engine made itself (records of an archive).
    #[must_use]
    fn from_bytes(bytes: Vec<u8>) -> Self;

    /// Shows all bytes in order, in blocks of any length; a platform that must copy them for that copies a little at a
    /// time.
    fn each_block(&self, see: &mut dyn FnMut(&[u8])) {
        see(&self.to_vec());
    }
}
