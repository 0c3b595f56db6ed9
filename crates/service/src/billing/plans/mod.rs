//! Plans as operators keep them, beside a server that runs or without one.

mod admin;
mod new_plan;
mod rows;

pub use admin::{PlanAdmin, PlanChange};
pub use new_plan::{NewPlan, NewPlanError};
pub use rows::PlanRow;
