//! What tells the loops of this process that there is something to do before their time.

use std::sync::Arc;

use tokio::sync::Notify;

use crate::redis::Redis;

/// Kept until it was heard, once.
#[derive(Default)]
pub(crate) struct Wake {
    worker: Notify,
    upkeep: Notify,
    /// What carries it to the workers of other processes, where there is one.
    redis: Option<Arc<Redis>>,
}

impl Wake {
    pub(crate) fn new(redis: Option<Arc<Redis>>) -> Self {
        Self {
            redis,
            ..Self::default()
        }
    }

    /// A job was added, and something may have been taken out of the database.
    pub(crate) fn wake(&self) {
        self.worker.notify_one();
        self.upkeep.notify_one();
        if let Some(redis) = &self.redis {
            redis.tell();
        }
    }

    /// Another process added a job, or may have.
    pub(crate) fn wake_here(&self) {
        self.worker.notify_one();
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
