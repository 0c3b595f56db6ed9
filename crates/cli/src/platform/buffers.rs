//! Buffers of about 10 MiB that go round instead of being asked of the system for each part.

use std::sync::{Arc, Mutex, PoisonError};

/// The buffers that are free.
pub(crate) struct Buffers {
    free: Mutex<Vec<Vec<u8>>>,
    most: usize,
}

impl Buffers {
    pub(crate) fn new(most: usize) -> Arc<Self> {
        Arc::new(Self {
            free: Mutex::default(),
            most,
        })
    }

    /// An empty buffer, if possible one that has room already.
    pub(crate) fn take(&self) -> Vec<u8> {
        let mut buffer = self.take_used();
        buffer.clear();
        buffer
    }

    /// A buffer with whatever was in it, for who overwrites all of it.
    pub(crate) fn take_used(&self) -> Vec<u8> {
        self.free
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop()
            .unwrap_or_default()
    }

    /// A buffer comes back.
    pub(crate) fn give(&self, buffer: Vec<u8>) {
        let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        if free.len() < self.most && buffer.capacity() > 0 {
            free.push(buffer);
        }
    }
}

/// Bytes in a borrowed buffer, which is returned when it is dropped.
pub(crate) struct Borrowed {
    pub(crate) bytes: Vec<u8>,
    pub(crate) home: Arc<Buffers>,
}

impl AsRef<[u8]> for Borrowed {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

impl Drop for Borrowed {
    fn drop(&mut self) {
        self.home.give(std::mem::take(&mut self.bytes));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_buffer_comes_back_with_its_room() {
        let home = Buffers::new(1);
        let mut bytes = home.take();
        bytes.extend_from_slice(&[1; 4_096]);
        drop(bytes::Bytes::from_owner(Borrowed {
            bytes,
            home: Arc::clone(&home),
        }));
        let again = home.take();
        assert!(again.is_empty() && again.capacity() >= 4_096);
        assert_eq!(home.take().capacity(), 0);
    }
}
