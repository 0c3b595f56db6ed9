//! The background jobs: what time ends, what was interrupted, what nobody knows any more.
//!
//! A pass looks for rows that are due and takes the next step of each. Steps are compared and swapped, and what they do
//! outside may be repeated: two servers that make a pass at once do no harm, and a pass that dies is made up by the next.

mod in_steps;
mod links;
mod reap;
mod reaped;
mod remove;
mod run;
mod uploads;

pub use reaped::Reaped;

/// Rows that one step of a pass takes on; the rest waits for the next pass.
const BATCH: u64 = 500;
/// Calls to the bucket that a pass makes at once.
const AT_ONCE: usize = 8;
