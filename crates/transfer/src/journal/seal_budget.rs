//! How many records are sealed under the key of an object, by all runs of its upload together (format, section 2: at most 2^24).
//! A run writes down what it may seal before it does, so that the next one knows, whatever became of this one.

use core::cell::Cell;

use futures::lock::Mutex;
use sealdrop_api::ObjectId;
use sealdrop_crypto::{MAX_ENCRYPTIONS, size};

use super::{handle::Writer, storage::Journal};
use crate::{error::TransferError, platform::object_plan::ObjectPlan};

/// Records that are written down at once: 1 GiB.
pub(crate) const GRANT: u64 = 4_096;

/// Of one object, in this run.
#[derive(Debug, Default)]
pub(crate) struct Sealing {
    granted: Cell<u64>,
    made: Cell<u64>,
    writing: Mutex<()>,
}

impl Sealing {
    /// For an object of which so much was written down already in this run.
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

    /// Waits until what an attempt at a part seals is written down.
    pub(crate) async fn note<J: Journal>(
        &self,
        writer: &Writer<'_, J>,
        object_id: ObjectId,
        sealed_len: u64,
    ) -> Result<(), TransferError> {
        // Who comes meanwhile waits as well: nothing is sealed beyond what would survive a crash.
        let _writing = self.writing.lock().await;
        let made = self.made.get() + sealed_len.div_ceil(size::R);
        if made > self.granted.get() {
            let more = GRANT.max(made - self.granted.get());
            writer.sealing(object_id, more)?;
            writer.written().await?;
            self.granted.set(self.granted.get() + more);
        }
        self.made.set(made);
        Ok(())
    }
}
