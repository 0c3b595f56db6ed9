//! What is kept of one sign-in.

use sealdrop_api::AccessToken;
use serde::{Deserialize, Serialize};

/// The access token for one server. `Debug` shows neither it nor the address.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Kept {
    /// Version of this note.
    v: u32,
    /// Origin of the server; the token goes nowhere else.
    pub(crate) server: String,
    /// Whose it is, as the server said when it was kept; nothing where the token may not ask for that.
    pub(crate) email: Option<String>,
    /// What goes behind `Authorization: Bearer`.
    pub(crate) token: AccessToken,
}

impl Kept {
    pub(crate) fn new(server: &str, email: Option<String>, token: AccessToken) -> Self {
        Self {
            v: 1,
            server: server.to_owned(),
            email,
            token,
        }
    }
}
