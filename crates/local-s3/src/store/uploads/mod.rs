//! Operations on multipart uploads.

pub(in crate::store) mod abort;
pub(in crate::store) mod complete;
pub(in crate::store) mod create;
pub(in crate::store) mod store_part;
