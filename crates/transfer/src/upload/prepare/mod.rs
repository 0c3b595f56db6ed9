//! Checks and plans an upload before its first byte is sent.

pub(crate) mod check_contents;
pub(crate) mod fit_names;
pub(crate) mod limits;
pub(crate) mod plan;
