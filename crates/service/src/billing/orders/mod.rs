//! Orders: each is written before the provider hears of it, and finds its link again by its reference.

mod cancel;
mod end;
pub(crate) mod end_open;
pub(crate) mod jobs;
mod look;
mod prepare;
pub(crate) mod row;
pub(crate) mod schedule;
mod show;
mod start;
pub(crate) mod state;
