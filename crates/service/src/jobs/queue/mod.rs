//! The table `jobs`: what is to be done later, on both databases the same.
//!
//! A row waits until its `run_at`, is claimed by one worker under a lease, and ends as done or dead. Every instant is by the
//! database's clock, which all workers share; every result names the claim that it is of, so that a worker whose lease went to
//! another one changes nothing any more. A row with `every` is a periodic job: it is never done and never dead, and waits again
//! after each run.

mod admin;
mod clock;
mod end;
mod enqueue;
mod list;
mod periodic;
mod row;
pub(crate) mod sql;
mod take;

pub use admin::JobQueue;
pub(crate) use clock::bring_back;
pub(crate) use end::{Ended, finish, give_back, put_back, renew};
pub(crate) use enqueue::{NewJob, enqueue};
pub(crate) use list::{failed_kinds, overdue_kinds};
pub(crate) use periodic::{Period, announce_periodic, keep_periodic};
pub use row::{JobChange, JobRow};
pub(crate) use sql::{LEASE, now};
pub(crate) use take::{Claim, Room, Taken, look, take};
