//! Mail: e-mail addresses.
//!
//! Nothing here knows users, codes or the database. Whoever sends says to whom and what.

mod address;

pub use address::{AddressError, EmailAddress};
