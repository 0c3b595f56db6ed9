//! The page's side of `/d/_preview/<random>`: announces a file to the service worker, hears what its element asks for.

use std::{cell::RefCell, rc::Rc};

use futures::{
    FutureExt, StreamExt,
    channel::mpsc::{UnboundedReceiver, UnboundedSender, unbounded},
    future::{Either, select},
    pin_mut,
    stream::Next,
};
use gloo_timers::{callback::Interval, future::TimeoutFuture};
use js_sys::{Array, Object, Reflect, Uint8Array};
use sealdrop_transfer::{DeviceFault, TransferError};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{MessageChannel, MessageEvent, MessagePort, ServiceWorker};

use crate::sinks::service_worker;

/// Milliseconds between two signs of life to the service worker; engines stop one after 30 s of silence.
const PING_EVERY: u32 = 10_000;
/// Milliseconds within which it must say that it heard.
const ANSWERED_WITHIN: u32 = 15_000;
/// Milliseconds between two looks whether this page's requests go through it.
const LOOK: u32 = 20;
/// Looks until the page continues without it; its element then reports the error.
const LOOKS: u32 = 100;

type Listener = Closure<dyn FnMut(MessageEvent)>;

/// What the service worker wants for an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asked {
    /// The next bytes of a stream, which ends at `to`.
    Pull { stream: u32, from: u64, to: u64 },
    /// The stream was closed.
    Cancel { stream: u32 },
}

/// A file that elements of this page can show while this lives.
pub(crate) struct Served {
    announcer: Rc<Announcer>,
    asked: UnboundedReceiver<Asked>,
    _ping: Interval,
    on_recall: Listener,
}

struct Announcer {
    worker: RefCell<ServiceWorker>,
    id: String,
    mime: &'static str,
    len: u64,
    port: RefCell<Option<MessagePort>>,
    on_message: Listener,
}

impl Served {
    /// Announces a file of `len` bytes; `mime` is one of the service worker's list.
    pub(crate) async fn open(worker: ServiceWorker, mime: &'static str, len: u64) -> Result<Self, TransferError> {
        let id = sealdrop_crypto::make_random_id().map_err(|_| TransferError::device(DeviceFault::Random, ""))?;
        let (ask, asked) = unbounded();
        let (announced, mut heard) = unbounded();
        let announcer = Rc::new(Announcer {
            worker: RefCell::new(worker),
            id: sealdrop_crypto::encode_base64url(&id),
            mime,
            len,
            port: RefCell::default(),
            on_message: listener(ask, announced),
        });
        let recalled = announcer.clone();
        let on_recall = Listener::new(move |event: MessageEvent| {
            if text_of(&event, "kind") == "recall" && text_of(&event, "id") == recalled.id {
                // It may be the successor of the one that got the first message.
                if let Some(worker) = event.source().and_then(|source| source.dyn_into().ok()) {
                    recalled.worker.replace(worker);
                }
                recalled.announce();
            }
        });
        if let Some(container) = service_worker::container() {
            // Without it a service worker that was stopped in between does not find back.
            let _ = container.add_event_listener_with_callback("message", on_recall.as_ref().unchecked_ref());
        }
        let pinged = announcer.clone();
        let served = Self {
            announcer,
            asked,
            _ping: Interval::new(PING_EVERY, move || pinged.ping()),
            on_recall,
        };
        served.announcer.announce();
        let waiting = heard.next().fuse();
        let patience = TimeoutFuture::new(ANSWERED_WITHIN).fuse();
        pin_mut!(waiting, patience);
        match select(waiting, patience).await {
            Either::Left((Some(()), _)) => {}
            _ => return Err(TransferError::device(DeviceFault::ServiceWorker, "")),
        }
        // An element's first request is not repeated: it must not go past the service worker.
        for _ in 0..LOOKS {
            if service_worker::container().is_some_and(|container| container.controller().is_some()) {
                break;
            }
            TimeoutFuture::new(LOOK).await;
        }
        Ok(served)
    }

    /// What an element's `src` is.
    pub(crate) fn address(&self) -> String {
        format!("/d/_preview/{}", self.announcer.id)
    }

    /// What is asked for next.
    pub(crate) fn next(&mut self) -> Next<'_, UnboundedReceiver<Asked>> {
        self.asked.next()
    }

    /// Hands over the bytes that begin at `from`. Others may hold the same buffers: these are copies, and they move away.
    pub(crate) fn give(&self, stream: u32, from: u64, views: impl Iterator<Item = Uint8Array>) {
        let (pieces, moved) = (Array::new(), Array::new());
        for view in views {
            let copy = view.slice(0, view.length());
            pieces.push(&copy);
            moved.push(&copy.buffer());
        }
        let chunk = message("chunk", &self.announcer.id);
        set(&chunk, "stream", &stream.into());
        set(&chunk, "from", &JsValue::from_f64(from as f64));
        set(&chunk, "pieces", &pieces);
        self.announcer.post(&chunk, &moved);
    }

    /// These bytes are not to be had.
    pub(crate) fn fail(&self, stream: u32) {
        let fail = message("fail", &self.announcer.id);
        set(&fail, "stream", &stream.into());
        self.announcer.post(&fail, &Array::new());
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.announcer
            .post(&message("close", &self.announcer.id), &Array::new());
        if let Some(port) = self.announcer.port.take() {
            port.set_onmessage(None);
            port.close();
        }
        if let Some(container) = service_worker::container() {
            let _ = container.remove_event_listener_with_callback("message", self.on_recall.as_ref().unchecked_ref());
        }
    }
}

impl Announcer {
    /// Tells the service worker of the file, or tells it again when it was stopped in between.
    fn announce(&self) {
        let Ok(channel) = MessageChannel::new() else { return };
        let port = channel.port1();
        port.set_onmessage(Some(self.on_message.as_ref().unchecked_ref()));
        if let Some(before) = self.port.replace(Some(port)) {
            before.set_onmessage(None);
            before.close();
        }
        let preview = message("preview", &self.id);
        set(&preview, "type", &self.mime.into());
        set(&preview, "length", &JsValue::from_f64(self.len as f64));
        // One that cannot be reached does not answer, which its caller notices.
        let _ = self
            .worker
            .borrow()
            .post_message_with_transferable(&preview, &Array::of1(&channel.port2()));
    }

    fn ping(&self) {
        let Ok(channel) = MessageChannel::new() else { return };
        // The answer is not needed: a service worker that forgot the file asks for it.
        let _ = self
            .worker
            .borrow()
            .post_message_with_transferable(&message("ping", &self.id), &Array::of1(&channel.port2()));
    }

    fn post(&self, message: &Object, moved: &Array) {
        if let Some(port) = &*self.port.borrow() {
            // A service worker that has stopped asks again when it is back.
            let _ = port.post_message_with_transferable(message, moved);
        }
    }
}

fn listener(ask: UnboundedSender<Asked>, announced: UnboundedSender<()>) -> Listener {
    Closure::new(move |event: MessageEvent| {
        let stream = number_of(&event, "stream") as u32;
        let asked = match text_of(&event, "kind").as_str() {
            "announced" => {
                // Heard once; later ones are of a service worker that came back.
                let _ = announced.unbounded_send(());
                return;
            }
            "pull" => Asked::Pull {
                stream,
                from: number_of(&event, "from") as u64,
                to: number_of(&event, "to") as u64,
            },
            "cancel" => Asked::Cancel { stream },
            _ => return,
        };
        // A preview that was closed does not listen any longer.
        let _ = ask.unbounded_send(asked);
    })
}

fn number_of(event: &MessageEvent, name: &str) -> f64 {
    Reflect::get(&event.data(), &name.into())
        .ok()
        .and_then(|number| number.as_f64())
        .unwrap_or_default()
}

fn text_of(event: &MessageEvent, name: &str) -> String {
    Reflect::get(&event.data(), &name.into())
        .ok()
        .and_then(|text| text.as_string())
        .unwrap_or_default()
}

fn message(kind: &str, id: &str) -> Object {
    let message = Object::new();
    set(&message, "kind", &kind.into());
    set(&message, "id", &id.into());
    message
}

fn set(object: &Object, name: &str, value: &JsValue) {
    // A plain object takes every member.
    Reflect::set(object, &name.into(), value).unwrap_or_default();
}
