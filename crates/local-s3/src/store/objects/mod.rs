//! Operations on objects.

pub(in crate::store) mod delete;
pub(in crate::store) mod list;
pub(in crate::store) mod publish;
pub(in crate::store) mod put;
pub(in crate::store) mod read;
