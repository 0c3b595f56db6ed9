//! A running transfer: how it is started, and its handle.

use std::{cell::RefCell, rc::Rc};

use sealdrop_model::Failure;
use sealdrop_transfer::Control;
use wasm_bindgen_futures::spawn_local;

use crate::split::NotLoaded;

/// What hears the events of a transfer.
pub(crate) type EventListener<E> = Rc<RefCell<dyn FnMut(E)>>;

/// Starts work that may have to be loaded first; if it does not load, the listener hears that it `failed`.
pub(super) fn start<E: 'static, W: Future<Output = Result<(), NotLoaded>>>(
    on_event: impl FnMut(E) + 'static,
    failed: impl FnOnce(Failure) -> E + 'static,
    work: impl FnOnce(Control, EventListener<E>) -> W + 'static,
) -> Control {
    let control = Control::new();
    let work_control = control.clone();
    spawn_local(async move {
        let listener: EventListener<E> = Rc::new(RefCell::new(on_event));
        if let Err(not_loaded) = work(work_control, listener.clone()).await {
            (listener.borrow_mut())(failed(not_loaded.into()));
        }
    });
    control
}

/// The handle of a running upload or download. Dropping it stops nothing.
#[derive(Debug, Clone)]
pub struct TransferHandle {
    pub(super) control: Control,
}

impl TransferHandle {
    /// Stops for good. What an upload has stored is removed; a download gives its place on the link back. Once everything is saved and
    /// verified, it ends only the waiting for the server to count it.
    pub fn cancel(&self) {
        self.control.cancel();
    }

    /// Begins no further part or range; those on their way come to their end.
    pub fn pause(&self) {
        self.control.pause();
    }

    /// Goes on after a pause.
    pub fn resume(&self) {
        self.control.resume();
    }

    /// Ends the wait before the next try.
    pub fn try_now(&self) {
        self.control.retry_now();
    }
}
