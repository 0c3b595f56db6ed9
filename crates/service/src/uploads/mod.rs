//! Uploads: room is kept, parts are signed a window at a time, the bucket puts them together, the result is checked.

mod abort;
mod access;
mod complete;
mod delete;
mod finish;
mod get;
mod header;
mod late_complete;
mod list_parts;
mod outcome;
mod plan;
mod promise;
mod quota;
mod reserve;
mod sign;

pub(crate) use late_complete::may_still_complete;
pub(crate) use outcome::{Completing, CompletionOutcome};
pub(crate) use promise::LIVES as PROMISE_LIVES;
