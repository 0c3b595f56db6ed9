//! Uploads: an object is reserved, its parts are signed a window at a time, the bucket completes it, the result is checked.

mod abort;
mod access;
mod completion;
mod delete;
mod get;
mod list_parts;
mod plan;
mod promise;
mod quota;
mod reserve;
mod sign;
mod verify;

pub(crate) use completion::may_still_complete;
pub(crate) use completion::{Completing, CompletionOutcome};
pub(crate) use promise::LIVES as PROMISE_LIVES;
pub use verify::{StorageReport, VerifyDepth};
