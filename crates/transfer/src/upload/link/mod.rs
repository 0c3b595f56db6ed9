//! The end of an upload: its list becomes a payload (and a manifest, where it is long), and a link is made.

pub(crate) mod ask;
pub(crate) mod keys;
pub(crate) mod make;
mod manifest;
pub(crate) mod sent;
