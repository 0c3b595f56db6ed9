//! What tells the loops of this process that there is something to do before their time.

use tokio::sync::Notify;

/// Kept until it was heard, once.
#[derive(Debug, Default)]
pub(crate) struct Wake {
    worker: Notify,
    upkeep: Notify,
}

impl Wake {
    /// A job was added, and something may have been taken out of the database.
    pub(crate) fn wake(&self) {
        self.worker.notify_one();
        self.upkeep.notify_one();
    }

    /// Waits until a job was added.
    pub(super) async fn for_worker(&self) {
        self.worker.notified().await;
    }

    /// Waits until something may have been taken out.
    pub(super) async fn for_upkeep(&self) {
        self.upkeep.notified().await;
    }
}
