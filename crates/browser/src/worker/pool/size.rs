//! How many workers this machine bears.

use js_sys::Reflect;

/// Workers at least and at most. More than four bring nothing: WebCrypto works on threads of its own.
pub(super) const FEWEST: usize = 2;
const MOST: usize = 4;

/// By cores, and half of that where memory is short.
pub(crate) fn most_workers() -> usize {
    let Some(window) = web_sys::window() else { return FEWEST };
    let navigator = window.navigator();
    let cores = navigator.hardware_concurrency() as usize;
    cores.clamp(FEWEST, if is_short_of_memory() { FEWEST } else { MOST })
}

/// A machine of 2 GiB or less, if the engine tells.
pub(crate) fn is_short_of_memory() -> bool {
    let memory = web_sys::window()
        .and_then(|window| Reflect::get(&window.navigator(), &"deviceMemory".into()).ok())
        .and_then(|gib| gib.as_f64());
    memory.is_some_and(|gib| gib <= 2.0)
}
