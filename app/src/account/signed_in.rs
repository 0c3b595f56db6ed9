//! Who is signed in, as this tab knows it.

use leptos::prelude::*;

use crate::{engine, visitor::Notice};

/// Who is signed in here.
#[derive(Clone, Copy)]
pub(crate) struct SignedIn {
    /// Their address.
    pub(crate) email: RwSignal<Option<String>>,
    /// What the page for signing in says of how it came to this.
    pub(crate) notice: RwSignal<Option<Notice>>,
    /// The page came back from the browser's cache, or lies there: nothing of the user is shown before the server was asked.
    pub(crate) unsure: RwSignal<bool>,
    /// The head of the page still says how things are.
    pub(crate) fresh: StoredValue<bool>,
    /// Number of sign-outs in this tab: each forgets what is known of the user.
    pub(crate) departures: RwSignal<u32>,
}

impl SignedIn {
    /// As the server said it with the page.
    pub(crate) fn new() -> Self {
        Self {
            email: RwSignal::new(engine::signed_in_as()),
            notice: RwSignal::new(None),
            unsure: RwSignal::new(false),
            fresh: StoredValue::new(true),
            departures: RwSignal::new(0),
        }
    }

    /// Notes that the user is signed out, and why.
    pub(crate) fn left(self, why: Notice) {
        if self.email.with_untracked(Option::is_some) {
            self.departures.update(|count| *count += 1);
            self.notice.set(Some(why));
            self.email.set(None);
        }
        self.unsure.set(false);
    }

    /// Calls `forget` after each sign-out.
    pub(crate) fn on_departure(self, forget: impl Fn() + 'static) {
        Effect::new(move |before: Option<u32>| {
            let now = self.departures.get();
            if before.is_some_and(|before| before != now) {
                forget();
            }
            now
        });
    }
}
