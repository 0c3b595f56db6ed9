//! An open preview is an entry of the history: Back closes it instead of leaving the page.

use std::cell::Cell;

use js_sys::{Object, Reflect};
use leptos::prelude::window;
use wasm_bindgen::{JsCast, JsValue};

/// The member of an entry's state that holds the row of the preview.
const PREVIEW_ROW: &str = "previewRow";

thread_local! {
    /// The way back from a preview's entry has begun and is not over.
    static LEAVING: Cell<bool> = const { Cell::new(false) };
}

/// The row of the preview that the current entry is of.
pub(crate) fn preview_entry() -> Option<usize> {
    let state = window().history().ok()?.state().ok()?;
    let row = Reflect::get(state.dyn_ref::<Object>()?, &PREVIEW_ROW.into())
        .ok()?
        .as_f64()?;
    Some(row as usize)
}

/// Makes the current entry one of a preview; adds it, unless it is one already.
pub(crate) fn enter_preview_entry(row: usize) {
    if LEAVING.get() {
        // The entry is added when the way back is over.
        return;
    }
    let Ok(history) = window().history() else { return };
    // What else the entry says stays.
    let state = Object::new();
    if let Some(before) = history.state().ok().and_then(|state| state.dyn_into::<Object>().ok()) {
        Object::assign(&state, &before);
    }
    let _ = Reflect::set(&state, &PREVIEW_ROW.into(), &JsValue::from_f64(row as f64));
    // An engine that refuses leaves a preview that Back does not close.
    let _ = match preview_entry() {
        Some(_) => history.replace_state(&state, ""),
        None => history.push_state(&state, ""),
    };
}

/// Goes back from a preview's entry, if the current one is one.
pub(crate) fn leave_preview_entry() {
    if preview_entry().is_some() && !LEAVING.replace(true) {
        let _ = window().history().and_then(|history| history.back());
    }
}

/// Tells, once, whether a change of entry is the end of [`leave_preview_entry`].
pub(crate) fn has_left_preview_entry() -> bool {
    LEAVING.take()
}
