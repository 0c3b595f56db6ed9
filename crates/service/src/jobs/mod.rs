//! The background jobs: what time ends, what was interrupted, what nobody knows any more.
//!
//! A job is a row of the table `jobs` ([`queue`]); its kind is in the [`registry`]; a [`worker`] claims and runs it. The reaper is
//! two periodic jobs. A pass of it looks for rows that are due and takes the next step of each. Steps are compared and swapped, and
//! what they do outside may be repeated: two servers that make a pass at once do no harm, and a pass that dies is made up by the next.

pub(crate) mod accounts;
mod billing;
mod forget_jobs;
mod in_steps;
mod kind;
mod links;
pub(crate) mod mails;
mod notices;
pub(crate) mod queue;
mod reap;
mod reaped;
pub(crate) mod registry;
mod remove;
pub(crate) mod remove_link_objects;
mod storage;
mod upkeep;
mod uploads;
pub(crate) mod wake;
mod worker;

pub use queue::{JobChange, JobQueue, JobRow};
pub use reaped::Reaped;

/// Rows that one step of a pass takes on; the rest waits for the next pass.
const BATCH: u64 = 500;
/// Calls to the bucket that a pass makes at once.
const AT_ONCE: usize = 8;
