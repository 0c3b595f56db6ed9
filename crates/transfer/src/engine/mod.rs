//! What sending and receiving share: concurrency, retries, stall detection, progress, control.

pub(crate) mod call;
mod concurrency;
pub(crate) mod context;
pub(crate) mod control;
pub(crate) mod events;
pub(crate) mod progress;
pub(crate) mod retry;
pub(crate) mod stall;
