//! Being signed in: an access token for each server, kept on this machine.

mod kept;
mod store;

pub(crate) use kept::Kept;
pub(crate) use store::{all, can_keep, find, forget, keep};
