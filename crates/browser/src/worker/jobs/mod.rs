//! What a worker does when it is asked: seal and send a part, fetch and open a range, derive a link's keys.

pub(crate) mod derive_link;
pub(crate) mod fetch_range;
pub(crate) mod open_range;
pub(crate) mod put;
pub(crate) mod read_slices;
pub(crate) mod seal_and_send;
pub(crate) mod seal_mutex;
