//! Refunds.

use time::OffsetDateTime;

use super::{
    ids::{PaymentId, RefundId, RefundKey},
    money::Money,
    notes::Notes,
};

/// What is to be paid back. A copy with the same key must be the same in every field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRefund {
    /// Of which payment.
    pub payment: PaymentId,
    /// How much of it.
    pub amount: Money,
    /// Makes copies of the request one refund.
    pub key: RefundKey,
    /// Kept with the refund.
    pub notes: Notes,
}

/// A refund as the provider knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refund {
    /// The provider's.
    pub id: RefundId,
    /// Of which payment.
    pub payment: PaymentId,
    /// How much of it.
    pub amount: Money,
    /// How far it is.
    pub status: RefundStatus,
    /// The key that it was asked for with.
    pub key: Option<RefundKey>,
    /// Since when it exists.
    pub created_at: Option<OffsetDateTime>,
    /// What was kept with it.
    pub notes: Notes,
}

/// How far a refund is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RefundStatus {
    /// On its way.
    Pending,
    /// Paid back.
    Processed,
    /// Not paid back: another one is needed.
    Failed,
    /// A word that this version does not know.
    Unknown,
}

impl RefundStatus {
    /// Reads the provider's word.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        match text {
            "pending" => Self::Pending,
            "processed" => Self::Processed,
            "failed" => Self::Failed,
            _ => Self::Unknown,
        }
    }
}
