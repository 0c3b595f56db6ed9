//! The user's account.

pub(super) mod create_token;
pub(super) mod get;
pub(super) mod list_tokens;
pub(super) mod revoke_token;
