//! Routes of links.

pub(in crate::routes) mod change;
pub(in crate::routes) mod create;
pub(in crate::routes) mod events;
pub(in crate::routes) mod get;
pub(in crate::routes) mod list;
pub(in crate::routes) mod open;
pub(in crate::routes) mod revoke;
