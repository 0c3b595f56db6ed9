//! Clients, as far as their bounds go: a tag that says «the same network» and nothing else.

mod charge;
mod lanes;
mod rate;
mod shared;
mod state;
mod tag;

pub(crate) use lanes::Lanes;
pub(crate) use state::Clients;
pub use tag::ClientTag;
