//! Invoices and credit notes: rows that are only added, numbered without gaps.

pub(crate) mod issue;
pub(crate) mod list;
