//! Receiving: a running download, and one that an earlier page left unfinished.

pub(crate) mod receive;
pub(crate) mod resume;
