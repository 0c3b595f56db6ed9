//! Users as operators see them, beside a server that runs or without one.

mod key;
mod rows;
mod users;

pub use key::UserKey;
pub use rows::{UserDetails, UserRow};
pub use users::UserAdmin;
