//! Disputes: a payer asks the bank for the money back.

use time::OffsetDateTime;

use super::{
    ids::{DisputeId, PaymentId},
    money::Money,
};

/// A dispute as the provider knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dispute {
    /// The provider's.
    pub id: DisputeId,
    /// About which payment.
    pub payment: PaymentId,
    /// How much of it.
    pub amount: Money,
    /// How far it is.
    pub status: DisputeStatus,
    /// Why, in the provider's words.
    pub reason: Option<String>,
    /// Since when it exists.
    pub created_at: Option<OffsetDateTime>,
}

/// How far a dispute is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DisputeStatus {
    /// An answer is waited for.
    Open,
    /// The bank decides.
    UnderReview,
    /// The money stays with us.
    Won,
    /// The money went back: counts as a full refund.
    Lost,
    /// Over without a winner: the money stays with us.
    Closed,
    /// A word that this version does not know.
    Unknown,
}

impl DisputeStatus {
    /// Reads the provider's word.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        match text {
            "open" | "action_required" => Self::Open,
            "under_review" => Self::UnderReview,
            "won" => Self::Won,
            "lost" => Self::Lost,
            "closed" => Self::Closed,
            _ => Self::Unknown,
        }
    }

    /// Whether a refund of the payment could be paid twice: it waits.
    #[must_use]
    pub fn is_undecided(self) -> bool {
        matches!(self, Self::Open | Self::UnderReview | Self::Unknown)
    }
}
