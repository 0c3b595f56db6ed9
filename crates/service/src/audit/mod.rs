//! What operators changed by hand: one row for each change, in the transaction that makes it. Rows are only added; triggers of the
//! database refuse anything else.
//!
//! A row names what was done, to what, when by the database's clock, and by whom as far as the system says. It holds ids, never a
//! secret and never an e-mail address.

mod action;
mod log;
mod operator;
mod rows;

pub(crate) use action::Action;
pub use log::AuditLog;
pub use operator::Operator;
pub use rows::AuditRow;
pub(crate) use rows::{Change, record};
