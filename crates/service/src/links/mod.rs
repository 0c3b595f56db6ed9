//! Links: made from a token's committed uploads, owned with the token, opened with the bearer.

mod change;
mod checks;
mod create;
mod get;
mod hold;
mod open;
pub(crate) mod opened;
mod revoke;
mod write_opened;

pub(crate) use checks::opened_by;
