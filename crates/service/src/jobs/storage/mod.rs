//! The bucket and the database are compared, in both directions and a piece at a time.
//!
//! An object without a row is unknown. It stays for a week, because an operator may have restored an older database and may put the newer
//! one back. Then it is deleted, unless there are too many. A committed row without its object is missing: operators are told, and nothing
//! changes. Objects with other names belong to other programs. They are counted and never touched.

mod compare;
mod key;
mod rows;
mod state;
mod unknown;

pub(super) use compare::kind;
