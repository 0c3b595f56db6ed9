//! Users: who they are, and what makes a request theirs.
//!
//! A user signs in with a code that a mail brings (`codes/`), is signed in by a session's cookie (`sessions/`) or by an access token
//! (`tokens/`), and shows for what matters that it is them at this moment (step-up). Everything that counts or ends is a row, judged by
//! the database's clock, so that any number of servers agree.

mod account;
mod admin;
mod caller;
mod codes;
pub(crate) mod config;
mod fingerprint;
mod secret;
mod sessions;
pub(crate) mod sql;
#[cfg(test)]
pub(crate) mod tests;
mod tokens;

pub use account::AccountWish;
pub use admin::{UserAdmin, UserChange, UserDetails, UserKey, UserRow};
pub use caller::{Caller, Credentials, Renewed, Signed};
pub use codes::{Asked, Asking, ClientHost, Told};

pub use config::{AuthConfig, SignUp};
pub use secret::{AuthSecret, AuthSecretError};
pub use sessions::{Device, SignedIn, TokenWish};
