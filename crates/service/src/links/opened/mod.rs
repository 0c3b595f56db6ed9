//! How often links were opened: added up in memory, and written a moment later, many in one statement. An opening waits for no
//! writer; what a crash takes are the looks of the last second.

mod write;

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use sealdrop_api::LinkId;
use tokio::sync::Notify;

/// Links whose openings are added up between two writes; only links that can be opened are among them.
const MAX_LINKS: usize = 65_536;
/// Links that one transaction writes.
const AT_ONCE: usize = 500;

/// Looks that are not written yet.
#[derive(Debug, Default)]
pub(crate) struct Opened {
    counts: Mutex<HashMap<LinkId, i64>>,
    some: Notify,
}

impl Opened {
    /// One more, or so many that could not be written.
    pub(in crate::links) fn add(&self, link_id: LinkId, looks: i64) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        if counts.len() < MAX_LINKS || counts.contains_key(&link_id) {
            *counts.entry(link_id).or_default() += looks;
        }
        self.some.notify_one();
    }

    /// Of one link.
    pub(in crate::links) fn of(&self, link_id: LinkId) -> i64 {
        let counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        counts.get(&link_id).copied().unwrap_or(0)
    }

    /// Waits until there is something to write.
    pub(crate) async fn noted(&self) {
        self.some.notified().await;
    }

    pub(in crate::links) fn take(&self) -> Vec<(LinkId, i64)> {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let some: Vec<LinkId> = counts.keys().take(AT_ONCE).copied().collect();
        some.into_iter().filter_map(|id| counts.remove_entry(&id)).collect()
    }
}
