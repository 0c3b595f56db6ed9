//! What comes in about payments: the provider's events, and what a browser brings back. Nothing is granted by either: each makes that the
//! provider is asked.

mod callback;
mod event;
pub(crate) mod jobs;
mod silence;
mod take;
