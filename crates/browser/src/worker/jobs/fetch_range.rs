//! Fetches a range of an object as stored.

use core::cell::Cell;

use js_sys::{Object, Promise, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AbortSignal, Headers, ReadableStreamDefaultReader, ReferrerPolicy, RequestCache, RequestCredentials, RequestInit,
    RequestMode, RequestRedirect, Response,
};

use crate::worker::{context::JobContext, error::WorkerError};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = fetch)]
    fn global_fetch(url: &str, init: &RequestInit) -> Promise;
    #[wasm_bindgen(js_namespace = performance, js_name = now)]
    pub(super) fn now_ms() -> f64;
}

/// Bytes that a storage says at most besides what it stores: an S3 error has some hundreds.
const WORDS: u32 = 16 << 10;

thread_local! {
    /// Whether something in front of the storage asked for a login.
    static LOGIN_ASKED: Cell<bool> = const { Cell::new(false) };
}

/// Whether this status is the first that asks for a login: from now on the one that a proxy asked the page for goes along.
pub(super) fn asks_for_login(status: u16) -> bool {
    status == 401 && !LOGIN_ASKED.replace(true)
}

/// A request to the storage: its address is the only permission, and nothing of it is kept. It carries no login unless one
/// was asked for, and to another origin than the page's never: requests without one have connections of their own, so that
/// parts on a slow line hold up no call of the API, and not the last word of a page that is left.
pub(super) fn request_init(method: &str, signal: &AbortSignal) -> RequestInit {
    let init = RequestInit::new();
    init.set_method(method);
    init.set_mode(RequestMode::Cors);
    init.set_credentials(if LOGIN_ASKED.get() {
        RequestCredentials::SameOrigin
    } else {
        RequestCredentials::Omit
    });
    init.set_cache(RequestCache::NoStore);
    init.set_redirect(RequestRedirect::Error);
    init.set_referrer_policy(ReferrerPolicy::NoReferrer);
    init.set_signal(Some(signal));
    init
}

/// Begins a request: its body is copied before this returns.
pub(super) fn fetch(url: &str, init: &RequestInit) -> impl Future<Output = Result<Response, WorkerError>> + use<> {
    let response = JsFuture::from(global_fetch(url, init));
    async move {
        let response = response.await.map_err(|_| WorkerError::Unreachable)?;
        response.dyn_into().map_err(|_| WorkerError::Unreachable)
    }
}

/// The words of a refusal, or of nothing in particular; none where they are longer than a storage's words are.
pub(super) async fn text_of_response(response: &Response) -> String {
    let words = read(response, WORDS, None).await.ok();
    words
        .and_then(|words| String::from_utf8(words.to_vec()).ok())
        .unwrap_or_default()
}

/// What was stored between `start` and `end`, in a buffer of its own.
pub(super) struct Fetched {
    pub(super) bytes: Uint8Array,
    pub(super) took: f64,
}

/// Fetches bytes `start..end` of an object of `object_len` bytes, if it still is the one of this `ETag`.
///
/// Servers that do not show `Content-Range` to other origins are trusted with the total: the header's tag and
/// `tag_root` bind it as well.
pub(super) async fn fetch_range(
    context: &JobContext,
    url: &str,
    etag: &str,
    (start, end, object_len): (u64, u64, u64),
    progress: bool,
) -> Result<Fetched, WorkerError> {
    let started = now_ms();
    context.tell(0.0);
    let headers = Headers::new().map_err(|_| WorkerError::internal("Headers"))?;
    let set = |name, value: &str| headers.set(name, value).map_err(|_| WorkerError::internal("header"));
    set("range", &format!("bytes={start}-{}", end - 1))?;
    set("if-match", etag)?;
    let ask = || {
        let init = request_init("GET", &context.signal);
        init.set_headers_headers(&headers);
        fetch(url, &init)
    };
    let mut response = ask().await?;
    if asks_for_login(response.status()) {
        response = ask().await?;
    }
    let is_whole = start == 0 && end == object_len;
    match response.status() {
        206 => {
            if let Some(range) = response.headers().get("content-range").ok().flatten()
                && range != format!("bytes {start}-{}/{object_len}", end - 1)
            {
                return Err(WorkerError::Sealed);
            }
        }
        200 if is_whole => {}
        // The object is shorter than the list says: it was cut.
        416 => return Err(WorkerError::Sealed),
        status => return Err(WorkerError::from_bucket(status, &text_of_response(&response).await)),
    }
    let len = u32::try_from(end - start).map_err(|_| WorkerError::internal("range length"))?;
    let bytes = read(&response, len, progress.then_some(context)).await?;
    context.check()?;
    if bytes.length() < len {
        return Err(WorkerError::Unreachable);
    }
    Ok(Fetched {
        bytes,
        took: now_ms() - started,
    })
}

/// Reads a body piece by piece into one buffer, telling five times a second how far it is. What goes on behind `len` bytes
/// is not of this object: it is not taken, however much there is, and the request ends.
async fn read(response: &Response, len: u32, listener: Option<&JobContext>) -> Result<Uint8Array, WorkerError> {
    let bytes = Uint8Array::new_with_length(len);
    let (mut filled, mut told) = (0_u32, now_ms());
    // An answer without a body has no bytes.
    let Some(body) = response.body() else {
        return Ok(bytes.subarray(0, 0));
    };
    let reader: ReadableStreamDefaultReader = body.get_reader().unchecked_into();
    loop {
        let step = JsFuture::from(reader.read())
            .await
            .map_err(|_| WorkerError::Unreachable)?;
        let step: Object = step.unchecked_into();
        let get = |name: &str| Reflect::get(&step, &name.into()).unwrap_or(JsValue::UNDEFINED);
        if get("done").is_truthy() {
            return Ok(bytes.subarray(0, filled));
        }
        let piece: Uint8Array = get("value").unchecked_into();
        if piece.length() > len - filled {
            // The end of the cancellation is not awaited.
            let _ = reader.cancel();
            return Err(WorkerError::Sealed);
        }
        bytes.set(&piece, filled);
        filled += piece.length();
        if let Some(listener) = listener
            && now_ms() - told >= 200.0
        {
            told = now_ms();
            listener.tell(f64::from(filled));
        }
    }
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    /// An answer of 64 MiB in pieces of one, and a count of those that were taken; 1000 more when it was cancelled.
    fn endless() -> (Response, impl Fn() -> f64) {
        let made = js_sys::eval(
            "(() => { let taken = 0; const body = new ReadableStream({
                pull(stream) { taken += 1; stream.enqueue(new Uint8Array(1 << 20)); if (taken === 64) stream.close(); },
                cancel() { taken += 1000; },
            }, { highWaterMark: 0 }); return [new Response(body), () => taken]; })()",
        )
        .expect("it is made");
        let made: js_sys::Array = made.unchecked_into();
        let taken: js_sys::Function = made.get(1).unchecked_into();
        let taken = move || taken.call0(&JsValue::NULL).ok().and_then(|count| count.as_f64());
        (made.get(0).unchecked_into(), move || taken().unwrap_or(f64::NAN))
    }

    #[wasm_bindgen_test]
    async fn d05_an_answer_without_end_is_not_taken() {
        let (response, taken) = endless();
        let lie = read(&response, 2 << 20, None).await.map(drop);
        assert_eq!((lie, taken()), (Err(WorkerError::Sealed), 1_003.0));
        let (response, taken) = endless();
        assert_eq!((text_of_response(&response).await, taken()), (String::new(), 1_001.0));
        let (response, taken) = endless();
        let whole = read(&response, 64 << 20, None).await.expect("as long as it should be");
        assert_eq!((whole.length(), taken()), (64 << 20, 64.0));
    }
}
