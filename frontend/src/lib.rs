//! The browser's two entry points into one WebAssembly module: the page, and its workers.

#![recursion_limit = "512"] // a page is one deeply nested type, and its layout is computed here

use wasm_bindgen::prelude::wasm_bindgen;

/// Brings the page to life. The fragment of a link is taken first: neither router nor page ever see it.
#[wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    sealdrop_browser::take_fragment();
    sealdrop_app::remember_early_input();
    leptos::mount::hydrate_body(sealdrop_app::App);
    // For whoever drives the page from outside: from here on clicks are answered.
    if let Some(root) = leptos::prelude::document().document_element() {
        let _ = root.set_attribute("data-hydrated", "");
    }
}

/// Runs a worker, in its own instance of the module.
#[wasm_bindgen]
pub fn worker_main() {
    console_error_panic_hook::set_once();
    sealdrop_browser::worker_main();
}
