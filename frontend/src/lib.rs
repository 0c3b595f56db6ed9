//! The entry points of browsers into one WebAssembly module: the page, taken over or drawn anew, and its workers.

#![recursion_limit = "512"] // a page is one deeply nested type, and its layout is computed here

use leptos::{
    mount::{hydrate_from, mount_to},
    prelude::document,
};
use sealdrop_app::App;
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};
use web_sys::HtmlElement;

/// Fetches what the page at this address shows first; to be awaited before [`hydrate`] and [`render_anew`], which take it for granted.
///
/// # Errors
/// It did not come.
#[wasm_bindgen]
pub async fn load_page() -> Result<(), JsValue> {
    console_error_panic_hook::set_once();
    let path = document().location().and_then(|location| location.pathname().ok());
    let path = path.unwrap_or_default();
    let mut loaded = sealdrop_app::load_page(&path).await;
    if loaded.is_ok() && path.starts_with("/d/") {
        loaded = sealdrop_browser::load_page_reader().await;
    }
    loaded.map_err(|error| js_sys::TypeError::new(&error.to_string()).into())
}

/// Takes over the page that the server drew. The fragment of a link is taken first: neither router nor page ever see it.
#[wasm_bindgen]
pub fn hydrate() {
    begin();
    if let Some(root) = document().get_element_by_id("app") {
        hydrate_from(root.unchecked_into(), App).forget();
    }
}

/// Draws the page anew in place of what the server sent: something changed that, and hydration would take the wrong elements.
#[wasm_bindgen]
pub fn render_anew(root: JsValue) {
    begin();
    let root: HtmlElement = root.unchecked_into();
    root.set_text_content(None);
    mount_to(root, App).forget();
}

fn begin() {
    console_error_panic_hook::set_once();
    sealdrop_browser::scrub_first_fragment();
    sealdrop_app::remember_early_input();
}

/// Runs a worker, in its own instance of the module.
#[wasm_bindgen]
pub fn worker_main() {
    console_error_panic_hook::set_once();
    sealdrop_browser::worker_main();
}
