//! The second thread and the way to it.
//!
//! A worker runs the same WebAssembly module as the page, by another entry point ([`worker_main`]). It is started from
//! a file of this origin, gets the compiled module by message, and is handed jobs: read, seal and send a part; fetch
//! and open a range; stretch a password. Bytes of content stay in JavaScript buffers from end to end.

mod context;
mod entry;
mod error;
pub(crate) mod jobs;
mod messages;
mod pool;

pub(crate) use crate::worker::messages::{WorkerRequest, WorkerResponse};
pub use entry::worker_main;
pub(crate) use pool::{Pool, is_short_of_memory, most_workers};
