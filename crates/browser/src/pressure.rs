//! Asks the engine to collect what it no longer needs.
//!
//! Every part leaves its plaintext, its sealed records and the copy that became the request's body behind. Engines collect
//! when they feel pressure, each worker for itself: in Chromium after 64 MiB of buffers, and the copies inside its network
//! code do not count as such. A tab that sends gigabytes then holds 400 MiB of nothing. Detaching the buffers by hand makes
//! it worse (4 GiB, measured): it takes away the only pressure that there is.

use js_sys::{Array, Function, Reflect};
use wasm_bindgen::JsCast;

/// What Chromium's engine lets pile up before it looks (V8, `kExternalAllocationSoftLimit`), in bytes.
const ENOUGH: u32 = 64 << 20;

/// Makes a buffer of zeros that nobody touches, so it takes no memory, and drops it: the engine counts it and collects. A
/// page that sent with three parts at once went from 404 to 206 MiB over idle by it, and to 141 with smaller reads.
pub(crate) fn ask_to_collect() {
    let made = Reflect::get(&js_sys::global(), &"ArrayBuffer".into()).and_then(|constructor| {
        Reflect::construct(constructor.unchecked_ref::<Function>(), &Array::of1(&ENOUGH.into()))
    });
    // Refused where memory is short: there the engine collects by itself.
    drop(made);
}
