//! Fetches a range of an object as stored.

use js_sys::{ArrayBuffer, Object, Promise, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AbortSignal, Headers, ReadableStreamDefaultReader, ReferrerPolicy, RequestCache, RequestCredentials, RequestInit,
    RequestMode, RequestRedirect, Response,
};

use super::{Fault, entry::JobContext, put::refused};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = fetch)]
    fn global_fetch(url: &str, init: &RequestInit) -> Promise;
    #[wasm_bindgen(js_namespace = performance, js_name = now)]
    pub(super) fn now_ms() -> f64;
}

/// A request to the storage: its address is the only permission, and nothing of it is kept.
pub(super) fn request_init(method: &str, signal: &AbortSignal) -> RequestInit {
    let init = RequestInit::new();
    init.set_method(method);
    init.set_mode(RequestMode::Cors);
    init.set_credentials(RequestCredentials::Omit);
    init.set_cache(RequestCache::NoStore);
    init.set_redirect(RequestRedirect::Error);
    init.set_referrer_policy(ReferrerPolicy::NoReferrer);
    init.set_signal(Some(signal));
    init
}

/// Begins a request: its body is copied before this returns.
pub(super) fn fetch(url: &str, init: &RequestInit) -> impl Future<Output = Result<Response, Fault>> + use<> {
    let response = JsFuture::from(global_fetch(url, init));
    async move {
        let response = response.await.map_err(|_| Fault::Unreachable)?;
        response.dyn_into().map_err(|_| Fault::Unreachable)
    }
}

pub(super) async fn text_of_response(response: &Response) -> String {
    let Ok(text) = response.text() else {
        return String::new();
    };
    JsFuture::from(text)
        .await
        .ok()
        .and_then(|text| text.as_string())
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
) -> Result<Fetched, Fault> {
    let started = now_ms();
    context.tell(0.0);
    let headers = Headers::new().map_err(|_| Fault::Device("Headers".to_owned()))?;
    let set = |name, value: &str| {
        headers
            .set(name, value)
            .map_err(|_| Fault::Device("a malformed header".to_owned()))
    };
    set("range", &format!("bytes={start}-{}", end - 1))?;
    set("if-match", etag)?;
    let init = request_init("GET", &context.signal);
    init.set_headers_headers(&headers);
    let response = fetch(url, &init).await?;
    let is_whole = start == 0 && end == object_len;
    match response.status() {
        206 => {
            if let Some(range) = response.headers().get("content-range").ok().flatten()
                && range != format!("bytes {start}-{}/{object_len}", end - 1)
            {
                return Err(Fault::Sealed);
            }
        }
        200 if is_whole => {}
        // The object is shorter than the list says: it was cut.
        416 => return Err(Fault::Sealed),
        status => return Err(refused(status, &text_of_response(&response).await)),
    }
    let len = u32::try_from(end - start).map_err(|_| Fault::Device("too long a range".to_owned()))?;
    let bytes = if progress {
        read_telling(context, &response, len).await?
    } else {
        read_at_once(&response).await?
    };
    context.check()?;
    if bytes.length() > len {
        return Err(Fault::Sealed);
    }
    if bytes.length() < len {
        return Err(Fault::Unreachable);
    }
    Ok(Fetched {
        bytes,
        took: now_ms() - started,
    })
}

async fn read_at_once(response: &Response) -> Result<Uint8Array, Fault> {
    let buffer = response.array_buffer().map_err(|_| Fault::Unreachable)?;
    let buffer = JsFuture::from(buffer).await.map_err(|_| Fault::Unreachable)?;
    Ok(Uint8Array::new(&buffer.unchecked_into::<ArrayBuffer>()))
}

/// Reads piece by piece into one buffer. Never more than `len + 1` bytes are taken: one too many is enough to know.
async fn read_telling(context: &JobContext, response: &Response, len: u32) -> Result<Uint8Array, Fault> {
    let Some(body) = response.body() else {
        return read_at_once(response).await;
    };
    let reader: ReadableStreamDefaultReader = body.get_reader().unchecked_into();
    let bytes = Uint8Array::new_with_length(len + 1);
    let (mut filled, mut told) = (0_u32, now_ms());
    loop {
        let step = JsFuture::from(reader.read()).await.map_err(|_| Fault::Unreachable)?;
        let step: Object = step.unchecked_into();
        let get = |name: &str| Reflect::get(&step, &name.into()).unwrap_or(JsValue::UNDEFINED);
        if get("done").is_truthy() {
            return Ok(bytes.subarray(0, filled));
        }
        let piece: Uint8Array = get("value").unchecked_into();
        if piece.length() > bytes.length() - filled {
            return Err(Fault::Sealed);
        }
        bytes.set(&piece, filled);
        filled += piece.length();
        if now_ms() - told >= 200.0 {
            told = now_ms();
            context.tell(f64::from(filled));
        }
    }
}
