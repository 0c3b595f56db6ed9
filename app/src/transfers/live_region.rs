//! The text of the live region, which screen readers say aloud.

use leptos::prelude::RwSignal;

/// What a screen reader says next; written rarely.
#[derive(Clone, Copy, PartialEq)]
pub(crate) struct LiveRegion(pub(crate) RwSignal<String>);
