//! Keeps page and screen as long as a transfer runs: a warning before leaving, a wake lock where there is one.

use std::{cell::Cell, rc::Rc};

use js_sys::{Function, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{BeforeUnloadEvent, Document, Event};

/// Holds page and screen while it lives.
pub(crate) struct Stay {
    on_leave: Closure<dyn FnMut(BeforeUnloadEvent)>,
    on_show: Closure<dyn FnMut(Event)>,
    lock: Rc<Cell<Option<JsValue>>>,
    over: Rc<Cell<bool>>,
}

impl Stay {
    pub(crate) fn begin() -> Self {
        let on_leave = Closure::<dyn FnMut(BeforeUnloadEvent)>::new(|event: BeforeUnloadEvent| {
            event.prevent_default();
            // For older browsers; none of them shows the text.
            event.set_return_value("a transfer is running");
        });
        let (lock, over) = (Rc::new(Cell::new(None)), Rc::new(Cell::new(false)));
        let (held, ended) = (lock.clone(), over.clone());
        // The lock goes when the tab is hidden, and must be asked for again.
        let on_show = Closure::<dyn FnMut(Event)>::new(move |_| keep_awake(&held, &ended));
        if let Some(window) = web_sys::window() {
            // Best effort, all of it.
            let _ = window.add_event_listener_with_callback("beforeunload", on_leave.as_ref().unchecked_ref());
            if let Some(document) = window.document() {
                let _ = document.add_event_listener_with_callback("visibilitychange", on_show.as_ref().unchecked_ref());
            }
        }
        keep_awake(&lock, &over);
        Self {
            on_leave,
            on_show,
            lock,
            over,
        }
    }
}

impl Drop for Stay {
    fn drop(&mut self) {
        self.over.set(true);
        if let Some(lock) = self.lock.take() {
            release(&lock);
        }
        if let Some(window) = web_sys::window() {
            let _ = window.remove_event_listener_with_callback("beforeunload", self.on_leave.as_ref().unchecked_ref());
            if let Some(document) = window.document() {
                let _ = document
                    .remove_event_listener_with_callback("visibilitychange", self.on_show.as_ref().unchecked_ref());
            }
        }
    }
}

/// Asks for the screen to stay on. Engines without wake locks, batteries that are low and hidden tabs say no.
fn keep_awake(lock: &Rc<Cell<Option<JsValue>>>, over: &Rc<Cell<bool>>) {
    let Some(window) = web_sys::window() else { return };
    if over.get() || window.document().is_none_or(|document: Document| document.hidden()) {
        return;
    }
    let (lock, over) = (lock.clone(), over.clone());
    spawn_local(async move {
        let navigator = window.navigator();
        let Ok(locks) = Reflect::get(&navigator, &"wakeLock".into()) else {
            return;
        };
        let Ok(request) = Reflect::get(&locks, &"request".into()).and_then(JsCast::dyn_into::<Function>) else {
            return;
        };
        let Ok(promise) = request
            .call1(&locks, &"screen".into())
            .and_then(JsCast::dyn_into::<Promise>)
        else {
            return;
        };
        let Ok(sentinel) = JsFuture::from(promise).await else {
            return;
        };
        if over.get() {
            release(&sentinel);
        } else if let Some(earlier) = lock.replace(Some(sentinel)) {
            release(&earlier);
        }
    });
}

fn release(sentinel: &JsValue) {
    if let Ok(function) = Reflect::get(sentinel, &"release".into()).and_then(JsCast::dyn_into::<Function>) {
        // It may be released already.
        let _ = function.call0(sentinel);
    }
}
