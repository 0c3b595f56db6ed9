//! Lets go of what the engine would keep longer than a tab can afford.
//!
//! Every part leaves its plaintext, its sealed records and the copy that became the request's body behind. Engines collect
//! when they feel pressure, each worker for itself: in Chromium after 64 MiB of buffers, and the copies inside its network
//! code do not count as such. A tab that sends gigabytes then holds 400 MiB of nothing. So what is ours is let go immediately
//! ([`free_now`]), and for the rest the engine is asked ([`ask_to_collect`]): 1 GiB takes 150 to 185 MiB over idle that way.

use js_sys::{Array, Function, Reflect};
use wasm_bindgen::{JsCast, JsValue};

/// What Chromium's engine lets pile up before it looks (V8, `kExternalAllocationSoftLimit`), in bytes.
const ENOUGH: u32 = 64 << 20;

/// Makes a buffer of zeros that is never touched, so it takes no memory, and drops it: the engine counts it and collects.
pub(crate) fn ask_to_collect() {
    let made = Reflect::get(&js_sys::global(), &"ArrayBuffer".into()).and_then(|constructor| {
        Reflect::construct(constructor.unchecked_ref::<Function>(), &Array::of1(&ENOUGH.into()))
    });
    // Refused where memory is short: there the engine collects by itself.
    drop(made);
}

/// Frees the memory of buffers without a garbage collection. Their views become empty.
///
/// `ArrayBuffer.transfer` will not do in Chromium: what its own interfaces made (a file that was read, a record that was
/// sealed) is held from two sides, and `transfer` ends one of them, the one that counts as pressure; 560 MiB were seen, and
/// gigabytes. Moving a buffer ends both. These move into a channel whose other end is closed, where they cannot be received.
pub(crate) fn free_now(buffers: &Array) {
    let Ok(channel) = web_sys::MessageChannel::new() else {
        return;
    };
    channel.port2().close();
    // A buffer that cannot be moved waits for collection.
    let _ = channel.port1().post_message_with_transferable(&JsValue::NULL, buffers);
    channel.port1().close();
}
