//! Completing an upload: the request, the task that carries it on, and how it ends.

mod complete;
mod finish;
mod header;
mod late_complete;
mod outcome;

pub(crate) use late_complete::may_still_complete;
pub(crate) use outcome::{Completing, CompletionOutcome};
