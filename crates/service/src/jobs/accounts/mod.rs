//! Jobs on users and what they hold.

pub(super) mod compare_space;
pub(crate) mod end_account;
pub(super) mod forget_auth;
