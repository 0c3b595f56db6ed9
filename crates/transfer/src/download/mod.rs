//! Receiving: a claim, ranges fetched a few ahead, each file written in order, verified, the claim committed.

pub(crate) mod checkpoint;
pub(crate) mod claim;
pub(crate) mod open_range;
pub(crate) mod options;
pub(crate) mod plan;
pub(crate) mod release;
pub(crate) mod resume;
pub(crate) mod run;
pub(crate) mod sink_files;
mod steps;
