//! Links: the one in the page's address, an opened one, and those that this browser sent.

pub(crate) mod address;
pub(crate) mod opened;
pub(crate) mod owner;
pub(crate) mod preview_session;
pub(crate) mod received;
