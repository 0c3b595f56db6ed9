//! What crosses between the page and its workers: plain JavaScript objects, typed here, whose large members are
//! `ArrayBuffer`s that move instead of being copied.
//!
//! A key crosses as its 43 characters, inside this origin and this process, and is parsed on arrival.

use js_sys::{Array, Float64Array, Object, Uint8Array};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// What a worker is asked to do: `kind` and the members that this kind needs.
    #[wasm_bindgen(extends = Object)]
    #[derive(Debug, Clone)]
    pub(crate) type WorkerRequest;

    #[wasm_bindgen(method, getter)]
    pub(crate) fn id(this: &WorkerRequest) -> u32;
    #[wasm_bindgen(method, setter)]
    pub(crate) fn set_id(this: &WorkerRequest, id: u32);
    /// `seal`, `send`, `open`, `derive` or `cancel`.
    #[wasm_bindgen(method, getter)]
    pub(crate) fn kind(this: &WorkerRequest) -> String;
    #[wasm_bindgen(method, setter)]
    pub(crate) fn set_kind(this: &WorkerRequest, kind: &str);
    #[wasm_bindgen(method, getter)]
    pub(crate) fn url(this: &WorkerRequest) -> String;
    #[wasm_bindgen(method, setter)]
    pub(crate) fn set_url(this: &WorkerRequest, url: &str);
    /// Whether to tell how far it is: slow lines only, it costs speed.
    #[wasm_bindgen(method, getter)]
    pub(crate) fn progress(this: &WorkerRequest) -> bool;
    #[wasm_bindgen(method, setter)]
    pub(crate) fn set_progress(this: &WorkerRequest, progress: bool);

    #[wasm_bindgen(method, getter)]
    pub(crate) fn object_id(this: &WorkerRequest) -> String;
    #[wasm_bindgen(method, setter)]
    pub(crate) fn set_object_id(this: &WorkerRequest, id: &str);
    #[wasm_bindgen(method, getter)]
    pub(crate) fn fek(this: &WorkerRequest) -> String;
    #[wasm_bindgen(method, setter)]
    pub(crate) fn set_fek(this: &WorkerRequest, fek: &str);
    #[wasm_bindgen(method, getter)]
    pub(crate) fn is_manifest(this: &WorkerRequest) -> bool;
    #[wasm_bindgen(method, setter)]
    pub(crate) fn set_is_manifest(this: &WorkerRequest, is_manifest: bool);

    /// `seal`: the object's salt.
    #[wasm_bindgen(method, getter)]
    pub(crate) fn salt(this: &WorkerRequest) -> Uint8Array;
    #[wasm_bindgen(method, setter)]
    pub(crate) fn set_salt(this: &WorkerRequest, salt: &Uint8Array);
    #[wasm_bindgen(method, getter)]
    pub(crate) fn content_len(this: &WorkerRequest) -> f64;
    #[wasm_bindgen(method, setter)]
    pub(crate) fn set_content_len(this: &WorkerRequest, len: f64);
    #[wasm_bindgen(method, getter)]
    pub(crate) fn is_padded(this: &WorkerRequest) -> bool;
    #[wasm_bindgen(method, setter)]
    pub(crate) fn set_is_padded(this: &WorkerRequest, padded: bool);
    #[wasm_bindgen(method, getter)]
    pub(crate) fn part_len(this: &WorkerRequest) -> f64;
    #[wasm_bindgen(method, setter)]
    pub(crate) fn set_part_len(this: &WorkerRequest, len: f64);
    #[wasm_bindgen(method, getter)]
    pub(crate) fn part(this: &WorkerRequest) -> u32;
    #[wasm_bindgen(method, setter)]
    pub(crate) fn set_part(this: &WorkerRequest, part: u32);
    #[wasm_bindgen(method, getter)]
    pub(crate) fn sealed_len(this: &WorkerRequest) -> f64;
    #[wasm_bindgen(method, setter)]
    pub(crate) fn set_sealed_len(this: &WorkerRequest, len: f64);
    /// `seal`: the files, in order.
    #[wasm_bindgen(method, getter)]
    pub(crate) fn files(this: &WorkerRequest) -> Array;
    #[wasm_bindgen(method, setter)]
    pub(crate) fn set_files(this: &WorkerRequest, files: &Array);
    /// `seal`: first byte and end in each of them.
    #[wasm_bindgen(method, getter)]
    pub(crate) fn ranges(this: &WorkerRequest) -> Float64Array;
    #[wasm_bindgen(method, setter)]
    pub(crate) fn set_ranges(this: &WorkerRequest, ranges: &Float64Array);

    /// `send`: what is sealed already.
    #[wasm_bindgen(method, getter)]
    pub(crate) fn bytes(this: &WorkerRequest) -> Uint8Array;
    #[wasm_bindgen(method, setter)]
    pub(crate) fn set_bytes(this: &WorkerRequest, bytes: &Uint8Array);

    #[wasm_bindgen(method, getter)]
    pub(crate) fn etag(this: &WorkerRequest) -> String;
    #[wasm_bindgen(method, setter)]
    pub(crate) fn set_etag(this: &WorkerRequest, etag: &str);
    #[wasm_bindgen(method, getter)]
    pub(crate) fn stream_len(this: &WorkerRequest) -> f64;
    #[wasm_bindgen(method, setter)]
    pub(crate) fn set_stream_len(this: &WorkerRequest, len: f64);
    /// `open`: the header, from the second range on; with `content_len`.
    #[wasm_bindgen(method, getter)]
    pub(crate) fn header(this: &WorkerRequest) -> Option<Uint8Array>;
    #[wasm_bindgen(method, setter)]
    pub(crate) fn set_header(this: &WorkerRequest, header: &Uint8Array);
    #[wasm_bindgen(method, getter)]
    pub(crate) fn first_record(this: &WorkerRequest) -> f64;
    #[wasm_bindgen(method, setter)]
    pub(crate) fn set_first_record(this: &WorkerRequest, record: f64);
    #[wasm_bindgen(method, getter)]
    pub(crate) fn end_record(this: &WorkerRequest) -> f64;
    #[wasm_bindgen(method, setter)]
    pub(crate) fn set_end_record(this: &WorkerRequest, record: f64);

    /// `derive`: id and secret of a link, and the password.
    #[wasm_bindgen(method, getter)]
    pub(crate) fn link_id(this: &WorkerRequest) -> String;
    #[wasm_bindgen(method, setter)]
    pub(crate) fn set_link_id(this: &WorkerRequest, id: &str);
    #[wasm_bindgen(method, getter)]
    pub(crate) fn secret(this: &WorkerRequest) -> String;
    #[wasm_bindgen(method, setter)]
    pub(crate) fn set_secret(this: &WorkerRequest, secret: &str);
    #[wasm_bindgen(method, getter)]
    pub(crate) fn password(this: &WorkerRequest) -> Option<String>;
    #[wasm_bindgen(method, setter)]
    pub(crate) fn set_password(this: &WorkerRequest, password: &str);
}

#[wasm_bindgen]
extern "C" {
    /// What a worker says.
    #[wasm_bindgen(extends = Object)]
    #[derive(Debug, Clone)]
    pub(crate) type WorkerResponse;

    /// Which job it is about.
    #[wasm_bindgen(method, getter, js_name = id)]
    pub(crate) fn response_id(this: &WorkerResponse) -> u32;
    #[wasm_bindgen(method, setter, js_name = id)]
    pub(crate) fn set_response_id(this: &WorkerResponse, id: u32);
    /// `awake` (the script runs), `progress`, `done`, `failed`, `broken` (the module did not start).
    #[wasm_bindgen(method, getter, js_name = kind)]
    pub(crate) fn response_kind(this: &WorkerResponse) -> String;
    #[wasm_bindgen(method, setter, js_name = kind)]
    pub(crate) fn set_response_kind(this: &WorkerResponse, kind: &str);
    /// `progress`: sealed bytes of this attempt so far.
    #[wasm_bindgen(method, getter)]
    pub(crate) fn so_far(this: &WorkerResponse) -> f64;
    #[wasm_bindgen(method, setter)]
    pub(crate) fn set_so_far(this: &WorkerResponse, bytes: f64);
    /// Milliseconds that the request took.
    #[wasm_bindgen(method, getter)]
    pub(crate) fn took(this: &WorkerResponse) -> f64;
    #[wasm_bindgen(method, setter)]
    pub(crate) fn set_took(this: &WorkerResponse, ms: f64);

    #[wasm_bindgen(method, getter, js_name = etag)]
    pub(crate) fn response_etag(this: &WorkerResponse) -> String;
    #[wasm_bindgen(method, setter, js_name = etag)]
    pub(crate) fn set_response_etag(this: &WorkerResponse, etag: &str);
    /// Digests, one after another.
    #[wasm_bindgen(method, getter)]
    pub(crate) fn digests(this: &WorkerResponse) -> Uint8Array;
    #[wasm_bindgen(method, setter)]
    pub(crate) fn set_digests(this: &WorkerResponse, digests: &Uint8Array);
    #[wasm_bindgen(method, getter)]
    pub(crate) fn pieces(this: &WorkerResponse) -> Array;
    #[wasm_bindgen(method, setter)]
    pub(crate) fn set_pieces(this: &WorkerResponse, pieces: &Array);
    #[wasm_bindgen(method, getter, js_name = header)]
    pub(crate) fn response_header(this: &WorkerResponse) -> Uint8Array;
    #[wasm_bindgen(method, setter, js_name = header)]
    pub(crate) fn set_response_header(this: &WorkerResponse, header: &Uint8Array);
    #[wasm_bindgen(method, getter, js_name = content_len)]
    pub(crate) fn response_content_len(this: &WorkerResponse) -> f64;
    #[wasm_bindgen(method, setter, js_name = content_len)]
    pub(crate) fn set_response_content_len(this: &WorkerResponse, len: f64);
    #[wasm_bindgen(method, getter)]
    pub(crate) fn payload_key(this: &WorkerResponse) -> String;
    #[wasm_bindgen(method, setter)]
    pub(crate) fn set_payload_key(this: &WorkerResponse, key: &str);
    #[wasm_bindgen(method, getter)]
    pub(crate) fn auth(this: &WorkerResponse) -> String;
    #[wasm_bindgen(method, setter)]
    pub(crate) fn set_auth(this: &WorkerResponse, auth: &str);
    #[wasm_bindgen(method, getter)]
    pub(crate) fn verifier(this: &WorkerResponse) -> String;
    #[wasm_bindgen(method, setter)]
    pub(crate) fn set_verifier(this: &WorkerResponse, verifier: &str);

    /// `failed`: the name of the error, and what goes with it.
    #[wasm_bindgen(method, getter)]
    pub(crate) fn error(this: &WorkerResponse) -> String;
    #[wasm_bindgen(method, setter)]
    pub(crate) fn set_error(this: &WorkerResponse, name: &str);
    #[wasm_bindgen(method, getter)]
    pub(crate) fn status(this: &WorkerResponse) -> u16;
    #[wasm_bindgen(method, setter)]
    pub(crate) fn set_status(this: &WorkerResponse, status: u16);
    /// The storage's code, or which of the slices.
    #[wasm_bindgen(method, getter)]
    pub(crate) fn text(this: &WorkerResponse) -> Option<String>;
    #[wasm_bindgen(method, setter)]
    pub(crate) fn set_text(this: &WorkerResponse, text: &str);
    #[wasm_bindgen(method, getter)]
    pub(crate) fn slice(this: &WorkerResponse) -> u32;
    #[wasm_bindgen(method, setter)]
    pub(crate) fn set_slice(this: &WorkerResponse, slice: u32);
}

impl WorkerRequest {
    /// An empty one.
    pub(crate) fn new(kind: &str) -> Self {
        let job: Self = Object::new().unchecked_into();
        job.set_kind(kind);
        job
    }
}

impl WorkerResponse {
    /// An empty one about a job.
    pub(crate) fn new(kind: &str, id: u32) -> Self {
        let response: Self = Object::new().unchecked_into();
        response.set_response_kind(kind);
        response.set_response_id(id);
        response
    }
}
