//! Sending: names made fit, a plan, parts in any order, objects completed, one link made.

mod begin_object;
pub(crate) mod cleanup;
pub(crate) mod link;
mod multipart;
mod object;
pub(crate) mod options;
mod part_workers;
pub(crate) mod pipe;
pub(crate) mod prepare;
pub(crate) mod run;
mod sealed_part;
mod steps;
