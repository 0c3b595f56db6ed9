//! How many records are sealed under the key of an object, by all runs of its upload together (format, section 2: at most 2^24).
//! A run writes down what it may seal before it does, so that the next one knows, whatever became of this one.

use core::cell::Cell;

use futures::lock::Mutex;
use sealdrop_api::ObjectId;
use sealdrop_crypto::{MAX_ENCRYPTIONS, size};

use super::{handle::JournalHandle, storage::Journal};
use crate::{error::TransferError, platform::object_plan::ObjectPlan};

/// Records that are written down at a time: 1 GiB.
pub(crate) const GRANT: u64 = 4_096;

/// Records of one object that this run may seal, and has sealed.
#[derive(Debug, Default)]
pub(crate) struct SealBudget {
    granted: Cell<u64>,
    made: Cell<u64>,
    writing: Mutex<()>,
}

impl SealBudget {
    /// For an object of which `records` were written down already in this run.
    pub(crate) fn granted(records: u64) -> Self {
        Self {
            granted: Cell::new(records),
            ..Self::default()
        }
    }

    /// Whether a key under which earlier runs may have sealed so many records is good for one more run of its object.
    pub(crate) fn is_left(plan: &ObjectPlan, sealed: u64) -> bool {
        sealed.saturating_add(GRANT + plan.sealed_len().div_ceil(size::R)) <= u64::from(MAX_ENCRYPTIONS)
    }

    /// Reserves what an attempt at a part seals, and waits until that is written down.
    pub(crate) async fn reserve<J: Journal>(
        &self,
        journal: &JournalHandle<'_, J>,
        object_id: ObjectId,
        sealed_len: u64,
    ) -> Result<(), TransferError> {
        // Concurrent attempts wait as well: nothing is sealed beyond what would survive a crash.
        let _writing = self.writing.lock().await;
        let made = self.made.get() + sealed_len.div_ceil(size::R);
        if made > self.granted.get() {
            let more = GRANT.max(made - self.granted.get());
            journal.sealing(object_id, more)?;
            journal.flush().await?;
            self.granted.set(self.granted.get() + more);
        }
        self.made.set(made);
        Ok(())
    }
}
