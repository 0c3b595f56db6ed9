//! Changes of notices that are on their way, and those that wait for them.

use leptos::prelude::*;
use sealdrop_api::account::NoticesChange;

/// One request after another, so that the last click is what holds.
#[derive(Clone, Copy)]
pub(super) struct NoticeChanges {
    pub(super) waiting: StoredValue<Option<NoticesChange>>,
    pub(super) is_sending: StoredValue<bool>,
}

impl NoticeChanges {
    pub(super) fn new() -> Self {
        Self {
            waiting: StoredValue::new(None),
            is_sending: StoredValue::new(false),
        }
    }

    pub(super) fn take(self) -> Option<NoticesChange> {
        self.waiting.try_update_value(Option::take).flatten()
    }
}
