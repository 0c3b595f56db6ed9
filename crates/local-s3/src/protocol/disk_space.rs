//! Bytes of the disk that bodies under way will need: what is free is promised once, not to each of them.

use std::sync::{
    Arc, Mutex, MutexGuard, PoisonError,
    atomic::{AtomicU64, Ordering},
};

use s3s::S3Result;

use super::errors::{disk_failed, disk_full};
use crate::store::Store;

/// The disk, less what is left alone and what is promised.
#[derive(Debug)]
pub(super) struct Room {
    store: Arc<Store>,
    /// Bytes that bodies leave alone.
    reserved: u64,
    /// Bytes that bodies under way have not written yet.
    promised: Mutex<u64>,
}

/// Room for one body; what it did not use is free again when this is dropped.
#[derive(Debug)]
pub(super) struct Kept {
    room: Arc<Room>,
    left: AtomicU64,
}

impl Room {
    pub(super) fn new(store: Arc<Store>, reserved: u64) -> Arc<Self> {
        Arc::new(Self {
            store,
            reserved,
            promised: Mutex::default(),
        })
    }

    /// Room for `len` bytes.
    ///
    /// # Errors
    /// When the disk would be full if every body under way came whole.
    pub(super) fn keep(self: &Arc<Self>, len: u64) -> S3Result<Kept> {
        let mut promised = self.lock();
        let available = self.store.available_bytes().map_err(disk_failed)?;
        let wanted = len.saturating_add(*promised).saturating_add(self.reserved);
        if wanted > available {
            return Err(disk_full());
        }
        *promised += len;
        Ok(Kept {
            room: Arc::clone(self),
            left: AtomicU64::new(len),
        })
    }

    fn lock(&self) -> MutexGuard<'_, u64> {
        self.promised.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    /// So many bytes more are on the disk, which counts them from now on itself.
    pub(super) fn written(&self, bytes: usize) {
        let mut promised = self.room.lock();
        let left = self.left.load(Ordering::Relaxed);
        let bytes = left.min(bytes as u64);
        self.left.store(left - bytes, Ordering::Relaxed);
        *promised = promised.saturating_sub(bytes);
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        let mut promised = self.room.lock();
        *promised = promised.saturating_sub(self.left.load(Ordering::Relaxed));
    }
}
