//! What is sold, and what follows from a payment.

mod plans;
#[cfg_attr(not(test), expect(dead_code, reason = "orders and invoices come by these rules"))]
mod rules;

pub use plans::{NewPlan, NewPlanError, PlanAdmin, PlanChange, PlanRow};
