//! One download of the browser's own, fed through the service worker.
//!
//! The browser asks, we answer: each pull gets one chunk, so nothing piles up. Whatever ends badly errors the stream,
//! and the browser marks the download as failed.

mod frame;
mod keepalive;
mod message;

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use futures::{
    FutureExt, StreamExt,
    channel::mpsc::{UnboundedReceiver, unbounded},
    future::select,
    pin_mut,
};
use gloo_timers::{callback::Interval, future::TimeoutFuture};
use js_sys::{Array, Uint8Array};
use sealdrop_transfer::{DeviceFault, TransferError};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{HtmlIFrameElement, MessageChannel, MessagePort, ServiceWorker};

use self::{
    frame::make_frame,
    message::{Listener, StreamEvent, listener, message},
};
use super::{
    content_disposition::content_disposition,
    failure::{interrupted, refused},
    service_worker,
};
use crate::sinks::download_stream::keepalive::{ANSWERED_WITHIN, PING_EVERY, Pulse};
use crate::{chunk::to_move, web::reflect::set};

/// Milliseconds until a download that the browser stopped is believed to be stopped by its person.
const STOPPED_AFTER: u32 = 1_000;
/// Milliseconds within which a canary must have arrived.
const CANARY_WITHIN: u32 = 6_000;
/// Bytes that one message carries at most, in whole records.
const MESSAGE: u32 = 1 << 20;

/// A download that the browser is taking.
pub(super) struct DownloadStream {
    file: String,
    id: String,
    port: MessagePort,
    events: UnboundedReceiver<StreamEvent>,
    pulse: Rc<Pulse>,
    frame: HtmlIFrameElement,
    ended: bool,
    _ping: Interval,
    _on_message: Listener,
    _on_load: Closure<dyn FnMut(JsValue)>,
    on_leave: Closure<dyn FnMut(JsValue)>,
}

impl DownloadStream {
    /// Announces a file of exactly `len` bytes and has the browser ask for it. `name` is what it will be saved as,
    /// `file` what errors call it.
    pub(super) async fn open(file: &str, name: &str, len: u64) -> Result<Self, TransferError> {
        let worker = service_worker::current().await;
        let worker = worker.ok_or_else(|| refused(file, "the browser cannot stream downloads"))?;
        Self::announce(worker, file, &content_disposition(name), len).await
    }

    /// Sends some bytes the same way, as a text that the hidden frame shows: whether a stream of this service worker
    /// arrives in this engine is tried, not guessed.
    pub(super) async fn arrives(worker: ServiceWorker) -> bool {
        const SOME: &[u8] = b"canary";
        let tried = async {
            let mut stream = Self::announce(worker, "", "", SOME.len() as u64).await?;
            stream.write(vec![Uint8Array::from(SOME)]).await?;
            stream.end().await
        }
        .fuse();
        let patience = TimeoutFuture::new(CANARY_WITHIN).fuse();
        pin_mut!(tried, patience);
        matches!(
            select(tried, patience).await,
            futures::future::Either::Left((Ok(()), _))
        )
    }

    async fn announce(worker: ServiceWorker, file: &str, disposition: &str, len: u64) -> Result<Self, TransferError> {
        let broken = |_| refused(file, "the browser cannot stream downloads");
        let id = make_id().ok_or_else(|| TransferError::device(DeviceFault::Random, ""))?;
        let (tell, events) = unbounded();
        let channel = MessageChannel::new().map_err(broken)?;
        let port = channel.port1();
        let on_message = listener(tell.clone());
        port.set_onmessage(Some(on_message.as_ref().unchecked_ref()));

        let announcement = message("announce", &id);
        set(&announcement, "disposition", &disposition.into());
        set(&announcement, "length", &JsValue::from_f64(len as f64));
        worker
            .post_message_with_transferable(&announcement, &Array::of1(&channel.port2()))
            .map_err(broken)?;

        let pulse = Rc::new(Pulse {
            worker,
            id: id.clone(),
            tell: tell.clone(),
            // The announcement is a sign of life; the next one is due in its time.
            since: Cell::new(js_sys::Date::now()),
            answer: RefCell::default(),
        });
        let weak = Rc::downgrade(&pulse);
        let ping = Interval::new(PING_EVERY, move || {
            if let Some(pulse) = weak.upgrade() {
                pulse.ping();
            }
        });
        let frame = make_frame().ok_or_else(|| refused(file, "the page has no body"))?;
        // Nothing of a page that is left runs any more: the service worker must hear now that this will not be whole.
        let (leaving, abort) = (port.clone(), message("abort", &id));
        let on_leave = Closure::<dyn FnMut(JsValue)>::new(move |_| {
            let _ = leaving.post_message(&abort);
        });
        if let Some(window) = web_sys::window() {
            let _ = window.add_event_listener_with_callback("pagehide", on_leave.as_ref().unchecked_ref());
        }
        let on_load = Closure::<dyn FnMut(JsValue)>::new(move |_| {
            // Only heard while nothing was opened: a download fires no load.
            let _ = tell.unbounded_send(StreamEvent::NotServed);
        });
        let mut stream = Self {
            file: file.to_owned(),
            id,
            port,
            events,
            pulse,
            frame,
            ended: false,
            _ping: ping,
            _on_message: on_message,
            _on_load: on_load,
            on_leave,
        };
        stream.expect(StreamEvent::Announced).await?;
        stream.frame.set_onload(Some(stream._on_load.as_ref().unchecked_ref()));
        stream.frame.set_src(&format!("/d/_dl/{}", stream.id));
        stream.expect(StreamEvent::Opened).await?;
        stream.frame.set_onload(None);
        Ok(stream)
    }

    /// Hands bytes over, as the browser asks for them. The buffers move away.
    pub(super) async fn write(&mut self, views: Vec<Uint8Array>) -> Result<(), TransferError> {
        let mut views = views.into_iter().peekable();
        while let Some(first) = views.next() {
            let mut len = first.length();
            let mut batch = vec![first];
            while let Some(next) = views.next_if(|next| len + next.length() <= MESSAGE) {
                len += next.length();
                batch.push(next);
            }
            self.pulled().await?;
            let (pieces, moved) = to_move(batch);
            let chunk = message("chunk", &self.id);
            set(&chunk, "pieces", &pieces);
            self.port
                .post_message_with_transferable(&chunk, &moved)
                .map_err(|_| refused(&self.file, "the browser did not take it"))?;
            self.pulse.ping_if_due();
        }
        Ok(())
    }

    /// Ends the stream, once the browser has taken everything; resolves when it is closed.
    pub(super) async fn end(mut self) -> Result<(), TransferError> {
        self.pulled().await?;
        self.port
            .post_message(&message("end", &self.id))
            .map_err(|_| refused(&self.file, "the browser did not take it"))?;
        self.expect(StreamEvent::Closed).await?;
        self.ended = true;
        Ok(())
    }

    /// Waits until the browser wants more. A person may pause a download for hours: only silence of the service
    /// worker itself ends this.
    async fn pulled(&mut self) -> Result<(), TransferError> {
        loop {
            match self.events.next().await {
                Some(StreamEvent::Pull) => return Ok(()),
                Some(StreamEvent::Cancelled) => return Err(stopped(&self.file).await),
                Some(StreamEvent::Gone) | None => return Err(interrupted(&self.file)),
                // A late load of the frame says nothing about a running download.
                Some(_) => {}
            }
        }
    }

    async fn expect(&mut self, wanted: StreamEvent) -> Result<(), TransferError> {
        let file = self.file.clone();
        let waiting = async {
            loop {
                match self.events.next().await {
                    Some(events) if events == wanted => return Ok(()),
                    // A ping that overtook nothing but the end: the stream was over when it was asked for. A service worker that
                    // is gone indeed never says that it closed.
                    Some(StreamEvent::Gone) if wanted == StreamEvent::Closed => {}
                    Some(StreamEvent::Cancelled) => return Err(stopped(&file).await),
                    Some(StreamEvent::NotServed) => {
                        return Err(refused(&file, "the browser did not start the download"));
                    }
                    Some(StreamEvent::Gone) | None => return Err(interrupted(&file)),
                    Some(_) => {}
                }
            }
        }
        .fuse();
        let patience = TimeoutFuture::new(ANSWERED_WITHIN).fuse();
        pin_mut!(waiting, patience);
        match select(waiting, patience).await {
            futures::future::Either::Left((result, _)) => result,
            futures::future::Either::Right(_) => Err(refused(&file, "the browser did not answer")),
        }
    }
}

/// A browser also stops the downloads of a page that is being left, just before it tells the page: what the page says then is the
/// last word on its place, and must not be overtaken by a failure that is not seen.
async fn stopped(file: &str) -> TransferError {
    TimeoutFuture::new(STOPPED_AFTER).await;
    refused(file, "the browser stopped the download")
}

impl Drop for DownloadStream {
    fn drop(&mut self) {
        if !self.ended {
            // The browser marks the download as failed, unless it has ended it already.
            let _ = self.port.post_message(&message("abort", &self.id));
        }
        self.port.set_onmessage(None);
        self.frame.set_onload(None);
        if let Some(window) = web_sys::window() {
            let _ = window.remove_event_listener_with_callback("pagehide", self.on_leave.as_ref().unchecked_ref());
        }
        let frame = self.frame.clone();
        // The browser took the download out of the frame, but not every engine immediately.
        gloo_timers::callback::Timeout::new(PING_EVERY, move || frame.remove()).forget();
    }
}

/// 22 random characters that name the download: the first request with them gets it.
fn make_id() -> Option<String> {
    sealdrop_crypto::make_random_id()
        .ok()
        .map(|bytes| sealdrop_crypto::encode_base64url(&bytes))
}
