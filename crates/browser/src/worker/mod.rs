//! The second thread and the way to it.
//!
//! A worker runs the same WebAssembly module as the page, by another entry point ([`worker_main`]). It is started from
//! a file of this origin, gets the compiled module by message, and is handed jobs: read, seal and send a part; fetch
//! and open a range; stretch a password. Bytes of content stay in JavaScript buffers from end to end.

mod derive_link;
mod entry;
mod fault;
mod fetch_range;
mod message;
mod open_range;
mod pool;
mod put;
mod read_slices;
mod seal_and_send;
mod turn;

pub use entry::worker_main;
pub(crate) use fault::Fault;
pub(crate) use message::{Job, Said};
pub(crate) use pool::{Pool, is_short_of_memory, most_workers};
