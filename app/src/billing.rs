//! The pages of plans and payments. They are documents of their own: the server draws all of them, they run a few lines of script and not
//! the program, and every control is a link or a form (ADR 19). Only a server, and the gallery, draws them.

mod data;
mod document;
mod history;
mod invoice;
mod money;
mod order;
mod overview;
mod parts;
mod plans;

pub use data::{Allowance, BillingPage, Buyer, Drawing, OrderPage, Overview, PlansPage, Purpose};
pub use document::{Document, draw};
