//! The metrics of this process: a recorder, a listener of their own, and what they are called.
//!
//! They are off unless `SEALDROP_METRICS_LISTEN` is set, and never on the public listener: how much a service is used is its
//! operator's to know.

mod document;
mod latest;
pub(crate) mod list;
mod listener;
mod process;
mod recorder;
pub(crate) mod request;

pub use document::{REGENERATE_METRICS, metrics_reference};
pub use list::all_metrics;
pub(crate) use listener::serve_metrics;
pub(crate) use recorder::start_recording;
