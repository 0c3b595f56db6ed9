//! What is sold, and what users bought.

pub(super) mod cancel_order;
pub(super) mod cancel_plan;
pub(super) mod create_order;
pub(super) mod get_invoice;
pub(super) mod get_order;
pub(super) mod list_invoices;
pub(super) mod list_orders;
pub(super) mod list_plans;
