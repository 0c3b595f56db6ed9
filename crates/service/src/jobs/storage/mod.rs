//! The bucket and the database are compared, in both directions and a piece at a time.
//!
//! Objects that no row knows are left alone for a week, because an operator may have restored an older database and put the newer one
//! back; then they go, unless they are many. Objects that a row promises and the bucket has not are noted and said. What is not named as
//! this program names its objects is somebody else's, and is only counted.

mod compare;
mod key;
mod rows;
mod state;
mod unknown;

pub(super) use compare::kind;
