//! Routes of uploads.

pub(in crate::routes) mod complete;
pub(in crate::routes) mod delete;
pub(in crate::routes) mod get;
pub(in crate::routes) mod list_parts;
pub(in crate::routes) mod reserve;
pub(in crate::routes) mod sign_parts;
