//! Users as operators see them, beside a server that runs or without one.

mod change;
mod key;
mod rows;
mod users;

pub use change::UserChange;
pub use key::UserKey;
pub use rows::{UserDetails, UserRow};
pub use users::UserAdmin;
