//! Disk space that is reserved for bodies under way, so that the same free bytes are not promised twice.

use std::sync::{
    Arc, Mutex, MutexGuard, PoisonError,
    atomic::{AtomicU64, Ordering},
};

use s3s::S3Result;

use super::errors::{disk_failed, disk_full};
use crate::store::Store;

/// The free space of the disk, less what must stay free and what is reserved.
#[derive(Debug)]
pub(super) struct DiskSpace {
    store: Arc<Store>,
    /// Bytes that must stay free.
    reserved: u64,
    /// Bytes that bodies under way have not written yet.
    promised: Mutex<u64>,
}

/// Space for one body; what it did not use is free again when this is dropped.
#[derive(Debug)]
pub(super) struct Reservation {
    disk_space: Arc<DiskSpace>,
    left: AtomicU64,
}

impl DiskSpace {
    pub(super) fn new(store: Arc<Store>, reserved: u64) -> Arc<Self> {
        Arc::new(Self {
            store,
            reserved,
            promised: Mutex::default(),
        })
    }

    /// Reserves `len` bytes.
    ///
    /// # Errors
    /// If the disk would be full after every body under way has arrived.
    pub(super) fn reserve(self: &Arc<Self>, len: u64) -> S3Result<Reservation> {
        let mut promised = self.lock();
        let available = self.store.available_bytes().map_err(disk_failed)?;
        let wanted = len.saturating_add(*promised).saturating_add(self.reserved);
        if wanted > available {
            return Err(disk_full());
        }
        *promised += len;
        Ok(Reservation {
            disk_space: Arc::clone(self),
            left: AtomicU64::new(len),
        })
    }

    fn lock(&self) -> MutexGuard<'_, u64> {
        self.promised.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Reservation {
    /// Counts bytes that are on the disk now, where the file system counts them.
    pub(super) fn written(&self, bytes: usize) {
        let mut promised = self.disk_space.lock();
        let left = self.left.load(Ordering::Relaxed);
        let bytes = left.min(bytes as u64);
        self.left.store(left - bytes, Ordering::Relaxed);
        *promised = promised.saturating_sub(bytes);
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        let mut promised = self.disk_space.lock();
        *promised = promised.saturating_sub(self.left.load(Ordering::Relaxed));
    }
}
