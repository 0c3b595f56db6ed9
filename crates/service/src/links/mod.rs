//! Links: made from a token's committed uploads, owned with the token or by a user, opened with the bearer.

mod change;
mod checks;
mod create;
mod get;
mod hold;
mod list;
mod open;
pub(crate) mod opened;
mod owner;
mod revoke;
mod takedown;
pub(crate) mod timeline;

pub(crate) use checks::opened_by;
pub use owner::LinkOwner;
pub use takedown::{LinkAdmin, Takedown};
