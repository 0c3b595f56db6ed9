//! What these pages show.

use sealdrop_api::{
    Limits,
    account::Account,
    billing::{Entitlement, Invoice, Order, Plan},
};

use crate::visitor::Notice;

/// What stands between the header and the footer.
#[derive(Debug, Clone)]
pub enum BillingPage {
    /// What is sold.
    Plans(Box<PlansPage>),
    /// What a user bought.
    Overview(Box<Overview>),
    /// One order: to be paid, or waited for.
    Order(Box<OrderPage>),
    /// An invoice or a credit note, for printing.
    Invoice(Box<Invoice>),
}

/// What is sold, and to whom.
#[derive(Debug, Clone)]
pub struct PlansPage {
    /// What a guest may do.
    pub guest: Limits,
    /// What an account without a paid plan may do.
    pub free: Allowance,
    /// What is sold, the cheapest first.
    pub plans: Vec<Plan>,
    /// Who asks, if they are signed in.
    pub user: Option<Buyer>,
}

/// What one kind of sender may do.
#[derive(Debug, Clone)]
pub struct Allowance {
    /// Bytes that are kept.
    pub storage_bytes: u64,
    /// Of one link.
    pub limits: Limits,
}

/// A user, and what they paid for.
#[derive(Debug, Clone)]
pub struct Buyer {
    /// The account.
    pub account: Account,
    /// One for each plan that holds now.
    pub entitlements: Vec<Entitlement>,
}

/// What a user bought.
#[derive(Debug, Clone)]
pub struct Overview {
    /// The user.
    pub buyer: Buyer,
    /// Bytes that stay theirs when what they paid for ends.
    pub free_bytes: u64,
    /// The newest first.
    pub orders: Vec<Order>,
    /// The newest first.
    pub invoices: Vec<Invoice>,
}

/// Why the page of an order was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// To pay it.
    Pay,
    /// Back from paying it.
    Return,
}

/// One order.
#[derive(Debug, Clone)]
pub struct OrderPage {
    /// The order.
    pub order: Order,
    /// Why it is looked at.
    pub purpose: Purpose,
    /// When what was bought ends, if it is the user's.
    pub ends_at_ms: Option<f64>,
    /// Its invoice, or the credit note that took it back.
    pub invoice: Option<Invoice>,
}

/// Everything that a document says besides its page.
#[derive(Debug, Clone)]
pub struct Drawing {
    /// The page.
    pub page: BillingPage,
    /// The address of who is signed in.
    pub email: Option<String>,
    /// What became of the last form.
    pub notice: Option<Notice>,
}
