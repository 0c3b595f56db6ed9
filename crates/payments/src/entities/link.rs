//! Payment links: a hosted page on which one amount is paid once.

use time::OffsetDateTime;

use super::{
    ids::{LinkId, OrderId, PaymentId, ReferenceId},
    money::Money,
    notes::Notes,
};

/// What a payment link is to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPaymentLink {
    /// Ours, unique: makes copies of a request one link.
    pub reference: ReferenceId,
    /// At least 100 paise.
    pub amount: Money,
    /// What the page says it is for: at most 2,048 characters.
    pub description: String,
    /// Until when it can be paid: at most six months from now.
    pub expires_at: Option<OffsetDateTime>,
    /// Where the browser goes after a payment, by GET.
    pub callback_url: String,
    /// Kept with the link.
    pub notes: Notes,
}

/// A payment link as the provider knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentLink {
    /// The provider's.
    pub id: LinkId,
    /// The hosted page.
    pub url: String,
    /// How far it is.
    pub status: LinkStatus,
    /// Ours, if it has one that can be ours.
    pub reference: Option<ReferenceId>,
    /// What is to be paid.
    pub amount: Money,
    /// What was paid of it, without a fee that the payer bears on top: what decides whether it is paid.
    pub amount_paid: Money,
    /// The provider's order behind it.
    pub order: Option<OrderId>,
    /// Payments that were captured for it.
    pub payments: Vec<PaymentId>,
    /// Since when it exists.
    pub created_at: Option<OffsetDateTime>,
    /// Until when it can be paid; none means that it does not end by itself.
    pub expires_at: Option<OffsetDateTime>,
    /// What was kept with it.
    pub notes: Notes,
}

impl PaymentLink {
    /// Whether the provider says that it is paid with exactly this amount.
    #[must_use]
    pub fn is_paid_with(&self, amount: Money) -> bool {
        self.status == LinkStatus::Paid && self.amount == amount && self.amount_paid == amount
    }
}

/// How far a payment link is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LinkStatus {
    /// Can be paid and cancelled.
    Created,
    /// Part of it was paid; we make none that allow that.
    PartiallyPaid,
    /// Final, also after a refund.
    Paid,
    /// Not paid in time.
    Expired,
    /// By us.
    Cancelled,
    /// A word that this version does not know.
    Unknown,
}

impl LinkStatus {
    /// Reads the provider's word.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        match text {
            "created" => Self::Created,
            "partially_paid" => Self::PartiallyPaid,
            "paid" => Self::Paid,
            "expired" => Self::Expired,
            "cancelled" => Self::Cancelled,
            _ => Self::Unknown,
        }
    }
}
