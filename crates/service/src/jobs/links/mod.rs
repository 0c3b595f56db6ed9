//! Jobs on links and claims.

mod close_claims;
mod drop_tombstones;
mod end;
pub(super) mod forget_events;
mod sweep;
