//! Signing in and out.

pub(super) mod ask_code;
pub(super) mod challenge;
pub(super) mod end_session;
pub(super) mod get_challenge;
pub(super) mod list_sessions;
pub(super) mod sign_in;
pub(super) mod sign_out;
pub(super) mod step_up;
