//! What is sold, and what follows from a payment.
//!
//! An order is a row before the provider hears of it (`orders/`). What was paid is never believed from a report or a browser: the provider
//! is asked (`settle/`), and what it says goes into the ledger, which is only added to. What a user may use is made from the ledger
//! (`entitlements`), as are invoices and what is owed back (`refunds/`).

mod audit;
pub(crate) mod config;
mod ends;
mod entitlements;
mod invoices;
mod ledger;
pub(crate) mod orders;
mod plans;
mod provider;
mod refunds;
pub(crate) mod reports;
mod rules;
mod settle;
mod tell;
mod terms;
#[cfg(test)]
mod tests;

pub use audit::{Difference, DifferenceKind, PaymentsAudit};
pub use config::{PaymentsConfig, Seller};
pub use plans::{NewPlan, NewPlanError, PlanAdmin, PlanChange, PlanRow};
pub use refunds::{RefundAdmin, RefundChange};
