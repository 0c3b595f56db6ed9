//! Keeps the service worker awake, and notices when it was not.

use std::{
    cell::{Cell, RefCell},
    rc::{Rc, Weak},
};

use futures::channel::mpsc::UnboundedSender;
use js_sys::Array;
use wasm_bindgen::JsCast;
use web_sys::{MessageChannel, MessageEvent, MessagePort, ServiceWorker};

use super::message::{Listener, StreamEvent, kind_of, message};

/// Milliseconds between two signs of life to the service worker; engines stop one after 30 s of silence.
pub(super) const PING_EVERY: u32 = 10_000;
/// Milliseconds within which the browser must have asked for the file, and a ping must be answered.
pub(super) const ANSWERED_WITHIN: u32 = 15_000;

/// Keeps the service worker awake, and notices when it was not.
pub(super) struct Pulse {
    pub(super) worker: ServiceWorker,
    pub(super) id: String,
    pub(super) tell: UnboundedSender<StreamEvent>,
    pub(super) since: Cell<f64>,
    pub(super) answer: RefCell<Option<(MessagePort, Listener)>>,
}

impl Pulse {
    /// Timers sleep in hidden tabs, transfers do not: they ping as well.
    pub(super) fn ping_if_due(self: &Rc<Self>) {
        if js_sys::Date::now() - self.since.get() >= f64::from(PING_EVERY) {
            self.ping();
        }
    }

    pub(super) fn ping(self: &Rc<Self>) {
        let now = js_sys::Date::now();
        if self.answer.borrow().is_some() {
            // The last one is not answered yet.
            if now - self.since.get() >= f64::from(ANSWERED_WITHIN) {
                let _ = self.tell.unbounded_send(StreamEvent::Gone);
            }
            return;
        }
        self.since.set(now);
        let Ok(channel) = MessageChannel::new() else { return };
        let weak: Weak<Self> = Rc::downgrade(self);
        let on_answer = Listener::new(move |event: MessageEvent| {
            let Some(pulse) = weak.upgrade() else { return };
            if kind_of(&event) != "here" {
                let _ = pulse.tell.unbounded_send(StreamEvent::Gone);
            }
            // The closure must outlive this call.
            if let Some((port, on_answer)) = pulse.answer.take() {
                port.close();
                wasm_bindgen_futures::spawn_local(async move { drop(on_answer) });
            }
        });
        let port = channel.port1();
        port.set_onmessage(Some(on_answer.as_ref().unchecked_ref()));
        self.answer.replace(Some((port, on_answer)));
        let ping = message("ping", &self.id);
        if self
            .worker
            .post_message_with_transferable(&ping, &Array::of1(&channel.port2()))
            .is_err()
        {
            let _ = self.tell.unbounded_send(StreamEvent::Gone);
        }
    }
}

impl Drop for Pulse {
    fn drop(&mut self) {
        // An answer that is still on its way is dropped.
        if let Some((port, _)) = self.answer.take() {
            port.set_onmessage(None);
            port.close();
        }
    }
}
