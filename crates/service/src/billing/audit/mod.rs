//! Comparing what the provider took with what was granted.

mod compare;
mod difference;
mod restore;

pub use difference::{Difference, DifferenceKind, PaymentsAudit};
