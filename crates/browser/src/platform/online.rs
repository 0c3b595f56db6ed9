//! Whether there is a network, as the browser tells it.

use futures::{FutureExt, future::select, pin_mut};
use gloo_timers::future::TimeoutFuture;
use wasm_bindgen::JsValue;

pub(super) fn is_online() -> bool {
    web_sys::window().is_none_or(|window| window.navigator().on_line())
}

/// Waits until there is one.
pub(super) async fn wait_online() {
    // Not every engine fires `online` after a sleep: look as well.
    while !is_online() {
        let (changed, look) = (online_event(), TimeoutFuture::new(3_000).fuse());
        pin_mut!(changed, look);
        select(changed, look).await;
    }
}

/// The next `online` event.
async fn online_event() {
    let promise = js_sys::Promise::new(&mut |resolve, _| {
        if let Some(window) = web_sys::window() {
            let options = web_sys::AddEventListenerOptions::new();
            options.set_once(true);
            // Without it the caller's clock still looks.
            let _ =
                window.add_event_listener_with_callback_and_add_event_listener_options("online", &resolve, &options);
        }
    });
    // It never rejects.
    let _: Result<JsValue, JsValue> = wasm_bindgen_futures::JsFuture::from(promise).await;
}
