//! The account of a user: what it says, changing its address and its notices, all that is held, closing it.

mod access;
mod change;
mod change_email;
pub(crate) mod close;
mod export;
mod get;

pub use change::AccountWish;
pub(super) use get::{account, stored_address};
