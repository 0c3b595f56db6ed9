//! What this browser can do.

use js_sys::Reflect;

use crate::{
    cipher::CipherKind,
    sinks::{blob_cap, can_pick, service_worker},
};

/// What this browser can do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Support {
    /// Sending works.
    pub can_send: bool,
    /// Receiving works, at least up to `blob_cap_bytes`.
    pub can_receive: bool,
    /// Downloads are streamed to disk, however large.
    pub streams_downloads: bool,
    /// The person may choose where one file goes.
    pub picks_file: bool,
    /// The person may choose a folder for several.
    pub picks_folder: bool,
    /// Without streaming: plain bytes of one file that can be saved at most.
    pub blob_cap_bytes: u64,
    /// What is missing, by the name of the browser's interface.
    pub missing: Vec<&'static str>,
    /// Which cipher does the work: `WebCrypto` or `WebAssembly`.
    pub cipher: &'static str,
}

/// What every transfer needs. WebAssembly is there, or this would not run.
const NEEDED: [&str; 6] = ["Worker", "AbortController", "MessageChannel", "crypto", "fetch", "Blob"];

/// What this browser can do.
#[must_use]
pub fn support() -> Support {
    let global = js_sys::global();
    let has = |name: &str| Reflect::get(&global, &name.into()).is_ok_and(|found| !found.is_undefined());
    let missing: Vec<&'static str> = NEEDED.into_iter().filter(|name| !has(name)).collect();
    Support {
        can_send: missing.is_empty(),
        can_receive: missing.is_empty(),
        streams_downloads: service_worker::is_possible() && has("ReadableStream"),
        picks_file: can_pick(false),
        picks_folder: can_pick(true),
        blob_cap_bytes: blob_cap(),
        missing,
        cipher: CipherKind::choose().name(),
    }
}
