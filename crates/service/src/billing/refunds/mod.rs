//! What buyers are owed, until the provider says that it is done.

mod operator;
pub(crate) mod owe;
pub(crate) mod pay;
pub(crate) mod row;

pub use operator::{RefundAdmin, RefundChange};
