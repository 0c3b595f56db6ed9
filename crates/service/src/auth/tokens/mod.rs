//! Access tokens: 256 random bits, of which the SHA-256 is stored. One belongs to a user, never to an address, and ends with them.

mod find;
mod list;
mod make;
mod revoke;
pub(super) mod row;

pub(super) use make::{check_wish, make_token};
