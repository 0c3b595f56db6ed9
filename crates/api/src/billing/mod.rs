//! What is sold, and what users bought.

mod invoices;
mod orders;
mod plans;

pub use invoices::{GetInvoice, Invoice, InvoiceKind, InvoiceList, ListInvoices};
pub use orders::{
    CancelOrder, CancelPlan, CreateOrder, Entitlement, GetOrder, ListOrders, NewOrder, Order, OrderList, OrderState,
};
pub use plans::{ListPlans, Plan, PlanList};
