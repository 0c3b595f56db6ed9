//! Plain content on its way to a file.

use bytes::Bytes;
use sealdrop_transfer::Chunk;

/// Plain content in memory, cut without copying.
pub(crate) struct Plain(pub(crate) Bytes);

impl Chunk for Plain {
    fn len(&self) -> usize {
        self.0.len()
    }

    fn slice(&self, range: std::ops::Range<usize>) -> Self {
        Self(self.0.slice(range))
    }

    fn to_vec(&self) -> Vec<u8> {
        self.0.to_vec()
    }

    fn from_bytes(bytes: Vec<u8>) -> Self {
        Self(bytes.into())
    }

    fn each_block(&self, see: &mut dyn FnMut(&[u8])) {
        see(&self.0);
    }
}
