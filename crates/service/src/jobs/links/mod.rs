//! Jobs on links and claims.

mod close_claims;
mod drop_tombstones;
mod end;
mod sweep;
