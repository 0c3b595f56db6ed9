//! What a person typed and chose before the program of the page ran: read once at the start, and taken over by the first screen.
//! Hydration sets every field to the program's own values, so it has to be read before.

use std::cell::RefCell;

use leptos::prelude::document;
use wasm_bindgen::JsCast;
use web_sys::{HtmlInputElement, HtmlSelectElement, HtmlTextAreaElement};

/// Fields of the options at sending, as they stood. `None` where there is no field or it says what the server rendered.
#[derive(Debug, Default)]
pub(crate) struct EarlyOptions {
    pub(crate) expires_in: Option<u64>,
    pub(crate) downloads: Option<u32>,
    pub(crate) password: Option<String>,
    pub(crate) note: Option<String>,
    pub(crate) title: Option<String>,
    /// Whether the link shall not be kept.
    pub(crate) forget: bool,
}

thread_local! {
    static FOUND: RefCell<Option<EarlyOptions>> = const { RefCell::new(None) };
}

/// Reads the fields. To be called before hydration.
pub fn remember_early_input() {
    let found = EarlyOptions {
        expires_in: field::<HtmlSelectElement>("expires").and_then(|field| field.value().parse().ok()),
        downloads: field::<HtmlSelectElement>("downloads").and_then(|field| field.value().parse().ok()),
        password: field::<HtmlInputElement>("password")
            .map(|field| field.value())
            .filter(|text| !text.is_empty()),
        note: field::<HtmlTextAreaElement>("note")
            .map(|field| field.value())
            .filter(|text| !text.is_empty()),
        title: field::<HtmlInputElement>("title")
            .map(|field| field.value())
            .filter(|text| !text.is_empty()),
        forget: field::<HtmlInputElement>("forget").is_some_and(|field| field.checked()),
    };
    FOUND.with_borrow_mut(|slot| *slot = Some(found));
}

/// What was found, once.
pub(crate) fn take_early_options() -> EarlyOptions {
    FOUND.with_borrow_mut(Option::take).unwrap_or_default()
}

fn field<T: JsCast>(id: &str) -> Option<T> {
    document().get_element_by_id(id)?.dyn_into().ok()
}
