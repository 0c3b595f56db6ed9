//! PUTs a part to its presigned address.
//!
//! `fetch` is faster but cannot tell how far an upload is; `XMLHttpRequest` can. Slow lines get the second.

use std::{cell::Cell, rc::Rc};

use futures::channel::oneshot;
use js_sys::{Array, Uint8Array};
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Event, ProgressEvent, XmlHttpRequest};

use super::fetch_range::{asks_for_login, fetch, now_ms, request_init, text_of_response};
use crate::worker::{
    context::{Answer, JobContext},
    error::WorkerError,
    messages::WorkerRequest,
};

/// What an acknowledged PUT tells.
pub(super) struct Put {
    pub(super) etag: String,
    pub(super) took: f64,
}

/// PUTs bytes that are sealed already.
pub(in crate::worker) async fn send_sealed(context: &JobContext, job: &WorkerRequest) -> Result<Answer, WorkerError> {
    let put = put(context, &job.url(), &job.bytes(), job.progress(), || ()).await?;
    let response = context.done();
    response.set_response_etag(&put.etag);
    response.set_took(put.took);
    Ok(Answer {
        response,
        moved: Array::new(),
    })
}

/// PUTs `bytes`, the whole of a buffer. Says when the request has taken its copy of them.
pub(super) async fn put(
    context: &JobContext,
    url: &str,
    bytes: &Uint8Array,
    progress: bool,
    taken: impl FnOnce(),
) -> Result<Put, WorkerError> {
    let started = now_ms();
    // The line is watched from here on.
    context.tell(0.0);
    let etag = if progress {
        put_by_xhr(context, url, bytes, taken).await
    } else {
        put_by_fetch(context, url, bytes, taken).await
    }?;
    Ok(Put {
        etag,
        took: now_ms() - started,
    })
}

async fn put_by_fetch(
    context: &JobContext,
    url: &str,
    bytes: &Uint8Array,
    taken: impl FnOnce(),
) -> Result<String, WorkerError> {
    let init = request_init("PUT", &context.signal);
    // The buffer itself: with no inspector listening it goes out faster than the same bytes in a Blob.
    init.set_body(&bytes.buffer());
    let response = fetch(url, &init);
    taken();
    let response = response.await?;
    let etag = response.headers().get("etag").ok().flatten();
    let body = text_of_response(&response).await;
    if asks_for_login(response.status()) {
        // The bytes are the caller's again: it sends them once more.
        return Err(WorkerError::Unreachable);
    }
    if !response.ok() {
        return Err(WorkerError::from_bucket(response.status(), &body));
    }
    etag.filter(|etag| !etag.is_empty()).ok_or(WorkerError::EtagHidden)
}

async fn put_by_xhr(
    context: &JobContext,
    url: &str,
    bytes: &Uint8Array,
    taken: impl FnOnce(),
) -> Result<String, WorkerError> {
    let broken = |_| WorkerError::internal("XMLHttpRequest");
    // A signal tells of an abort once: one that came before is heard here.
    context.check()?;
    let xhr = XmlHttpRequest::new().map_err(broken)?;
    xhr.open_with_async("PUT", url, true).map_err(broken)?;
    let (over, ended) = oneshot::channel::<()>();
    let over = Rc::new(Cell::new(Some(over)));
    let on_end = Closure::<dyn FnMut()>::new(move || {
        if let Some(over) = over.take() {
            // The job may have gone meanwhile.
            let _ = over.send(());
        }
    });
    let (teller, last, len) = (context.clone(), Cell::new(0.0), f64::from(bytes.length()));
    let on_progress = Closure::<dyn FnMut(ProgressEvent)>::new(move |event: ProgressEvent| {
        let now = now_ms();
        // The last byte is always reported: from there on the bucket's answer is waited for.
        if now - last.get() >= 200.0 || event.loaded() >= len {
            last.set(now);
            teller.tell(event.loaded());
        }
    });
    let aborted = xhr.clone();
    let on_abort = Closure::<dyn FnMut(Event)>::new(move |_| {
        let _ = aborted.abort();
    });
    xhr.set_onloadend(Some(on_end.as_ref().unchecked_ref()));
    xhr.upload()
        .map_err(broken)?
        .set_onprogress(Some(on_progress.as_ref().unchecked_ref()));
    context.signal.set_onabort(Some(on_abort.as_ref().unchecked_ref()));
    let sent = xhr.send_with_opt_js_u8_array(Some(bytes));
    taken();
    let ended = if sent.is_ok() {
        ended.await
    } else {
        Err(oneshot::Canceled)
    };
    context.signal.set_onabort(None);
    context.check()?;
    let status = xhr.status().unwrap_or(0);
    if ended.is_err() || status == 0 {
        return Err(WorkerError::Unreachable);
    }
    if !(200..300).contains(&status) {
        return Err(WorkerError::from_bucket(
            status,
            &xhr.response_text().ok().flatten().unwrap_or_default(),
        ));
    }
    xhr.get_response_header("etag")
        .ok()
        .flatten()
        .filter(|etag| !etag.is_empty())
        .ok_or(WorkerError::EtagHidden)
}
