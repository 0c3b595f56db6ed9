//! Routes of claims.

pub(in crate::routes) mod commit;
pub(in crate::routes) mod create;
pub(in crate::routes) mod release;
pub(in crate::routes) mod sign_objects;
