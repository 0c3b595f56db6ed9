//! What the page and the service worker say to each other about a download.

use futures::channel::mpsc::UnboundedSender;
use js_sys::Object;
use wasm_bindgen::closure::Closure;
use web_sys::MessageEvent;

use crate::web::reflect::{options, set, text};

/// Hears a port.
pub(super) type Listener = Closure<dyn FnMut(MessageEvent)>;

/// What the other side says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum StreamEvent {
    Announced,
    Opened,
    Pull,
    Closed,
    /// The browser stopped the download: the person did, or the disk is full.
    Cancelled,
    /// The frame showed a page: the service worker did not answer.
    NotServed,
    /// The service worker was stopped.
    Gone,
}

pub(super) fn listener(tell: UnboundedSender<StreamEvent>) -> Listener {
    Closure::new(move |event: MessageEvent| {
        let event = match kind_of(&event).as_str() {
            "announced" => StreamEvent::Announced,
            "opened" => StreamEvent::Opened,
            "pull" => StreamEvent::Pull,
            "closed" => StreamEvent::Closed,
            "cancelled" => StreamEvent::Cancelled,
            _ => return,
        };
        // A stream that was dropped does not listen any longer.
        let _ = tell.unbounded_send(event);
    })
}

pub(super) fn kind_of(event: &MessageEvent) -> String {
    text(&event.data(), "kind").unwrap_or_default()
}

pub(super) fn message(kind: &str, id: &str) -> Object {
    let message = options("kind", &kind.into());
    set(&message, "id", &id.into());
    message
}
