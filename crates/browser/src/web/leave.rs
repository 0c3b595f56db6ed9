//! What a page says to the server when it is left: its download gives the place on the link back for now.

use std::{cell::RefCell, rc::Rc};

use js_sys::{Object, Promise};
use sealdrop_transfer::ApiRequest;
use wasm_bindgen::{JsCast, closure::Closure, prelude::wasm_bindgen};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::Event;

use crate::web::reflect::{options, set};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = fetch)]
    fn global_fetch(url: &str, init: &Object) -> Promise;
}

/// Listens for the end of the page while it lives.
pub(crate) struct Leave {
    last_word: Rc<RefCell<Option<ApiRequest>>>,
    on_hide: Closure<dyn FnMut(Event)>,
}

impl Leave {
    pub(crate) fn begin() -> Self {
        let last_word: Rc<RefCell<Option<ApiRequest>>> = Rc::default();
        let word = last_word.clone();
        let on_hide = Closure::<dyn FnMut(Event)>::new(move |_| {
            // A page that comes back from the engine's cache may be left again.
            if let Some(word) = &*word.borrow() {
                send(word);
            }
        });
        if let Some(window) = web_sys::window() {
            // Without it the place is free after its lease.
            let _ = window.add_event_listener_with_callback("pagehide", on_hide.as_ref().unchecked_ref());
        }
        Self { last_word, on_hide }
    }

    /// What is to be said; nothing, if there is nothing to give back.
    pub(crate) fn say(&self, word: Option<ApiRequest>) {
        self.last_word.replace(word);
    }
}

impl Drop for Leave {
    fn drop(&mut self) {
        if let Some(window) = web_sys::window() {
            let _ = window.remove_event_listener_with_callback("pagehide", self.on_hide.as_ref().unchecked_ref());
        }
    }
}

/// Sends a request that outlives its page. Its answer is ignored.
fn send(request: &ApiRequest) {
    let Some(body) = &request.body else { return };
    let init = options("method", &"POST".into());
    set(&init, "body", &body.0.as_str().into());
    set(&init, "headers", &options("content-type", &"application/json".into()));
    set(&init, "keepalive", &true.into());
    set(&init, "cache", &"no-store".into());
    set(&init, "credentials", &"same-origin".into());
    set(&init, "referrerPolicy", &"no-referrer".into());
    let answer = JsFuture::from(global_fetch(&request.path, &init));
    spawn_local(async move { drop(answer.await) });
}
