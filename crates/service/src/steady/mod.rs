//! A time that does not jump, for what cannot be taken back.
//!
//! The system's clock may be wrong by a year, and a server that ended links by it would delete everything within a minute. So what is
//! ended, deleted or given up goes by a line that starts at the last time which was trusted (the database keeps it) and moves on
//! by what passes since. Who is let in goes by whichever is later, so that no link opens after its time. The reaper looks at
//! the clock before every pass: a jump is believed once it is confirmed or has lasted ([`judge`]).

mod check;
pub(crate) mod judge;
mod state;

pub(crate) use judge::{MAX_SKEW, TOLERANCE};
pub(crate) use state::Steady;
