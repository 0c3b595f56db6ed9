//! Payments: one try to pay, and how it ended.

use time::OffsetDateTime;

use super::{
    ids::{OrderId, PaymentId},
    money::Money,
    notes::Notes,
};

/// A payment as the provider knows it. Who paid, and with which card or address, is not kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payment {
    /// The provider's.
    pub id: PaymentId,
    /// What the payer paid: above the link's amount where the payer bears the fee.
    pub amount: Money,
    /// The provider's fee, taxes included, once it is known.
    pub fee: Option<Money>,
    /// Taxes of the fee.
    pub tax: Option<Money>,
    /// How far it is.
    pub status: PaymentStatus,
    /// The provider's order that it pays.
    pub order: Option<OrderId>,
    /// What of it was paid back.
    pub amount_refunded: Money,
    /// Such as `upi`, `card`, `netbanking`, `wallet`.
    pub method: Option<String>,
    /// Since when it exists.
    pub created_at: Option<OffsetDateTime>,
    /// Why it failed.
    pub failure: Option<PaymentFailure>,
    /// What was kept with it; the provider copies those of the link.
    pub notes: Notes,
}

/// Why a payment failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentFailure {
    /// The provider's word.
    pub code: String,
    /// Its sentence.
    pub description: Option<String>,
}

/// How far a payment is. It only moves down this list, except that a failed one may still be authorized or captured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PaymentStatus {
    /// Begun.
    Created,
    /// The bank holds the money; it is given back if it is not captured in time.
    Authorized,
    /// The money is ours.
    Captured,
    /// Given back wholly.
    Refunded,
    /// Not paid, as far as is known now.
    Failed,
    /// A word that this version does not know.
    Unknown,
}

impl PaymentStatus {
    /// Reads the provider's word.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        match text {
            "created" => Self::Created,
            "authorized" => Self::Authorized,
            "captured" => Self::Captured,
            "refunded" => Self::Refunded,
            "failed" => Self::Failed,
            _ => Self::Unknown,
        }
    }
}
