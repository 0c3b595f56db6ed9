//! How fast the holder of a permit moves bytes.

use std::{
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
    time::Duration,
};

use tokio::{sync::Notify, time::Instant};

/// Bytes that a permit's holder has moved, and whether the permit was revoked.
#[derive(Debug)]
pub(super) struct Progress {
    pub(super) since: Instant,
    bytes: AtomicU64,
    /// Milliseconds from `since` to the last byte.
    last: AtomicU64,
    revoked: AtomicBool,
    on_revoked: Notify,
}

impl Progress {
    /// Progress that begins now.
    pub(super) fn new() -> Self {
        Self {
            since: Instant::now(),
            bytes: AtomicU64::new(0),
            last: AtomicU64::new(0),
            revoked: AtomicBool::new(false),
            on_revoked: Notify::new(),
        }
    }

    /// Bytes per second since the permit was given.
    pub(super) fn rate(&self, now: Instant) -> u64 {
        let seconds = (now - self.since).as_secs().max(1);
        self.bytes.load(Ordering::Relaxed) / seconds
    }

    /// Time since the last byte.
    pub(super) fn idle(&self, now: Instant) -> Duration {
        (now - self.since).saturating_sub(Duration::from_millis(self.last.load(Ordering::Relaxed)))
    }

    /// Counts bytes that were moved; 0 says that the other end is alive.
    pub(super) fn moved(&self, bytes: usize) {
        self.bytes.fetch_add(bytes as u64, Ordering::Relaxed);
        let since = u64::try_from(self.since.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.last.store(since, Ordering::Relaxed);
    }

    pub(super) fn revoke(&self) {
        self.revoked.store(true, Ordering::Release);
        self.on_revoked.notify_one();
    }

    pub(super) fn is_revoked(&self) -> bool {
        self.revoked.load(Ordering::Acquire)
    }

    /// Waits until the permit is revoked.
    pub(super) async fn revoked(&self) {
        while !self.is_revoked() {
            self.on_revoked.notified().await;
        }
    }
}
