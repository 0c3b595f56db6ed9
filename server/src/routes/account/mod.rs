//! The user's account.

pub(super) mod change;
pub(super) mod close;
pub(super) mod create_token;
pub(super) mod export;
pub(super) mod get;
pub(super) mod list_tokens;
pub(super) mod revoke_token;
