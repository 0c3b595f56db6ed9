//! Links: their text, their keys, what they open, and what their sender keeps of them.

pub(crate) mod access;
pub(crate) mod open;
pub(crate) mod password;
pub(crate) mod revision;
pub(crate) mod sent;
pub(crate) mod text;
