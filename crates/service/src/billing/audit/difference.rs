//! What an audit finds.

/// What does not fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DifferenceKind {
    /// Somebody paid for an order that is not in the database: a backup was restored.
    CapturedNoOrder,
    /// A payment was taken, and is neither granted nor owed back.
    CapturedNotSettled,
    /// Another amount was paid than what is due. Nothing is granted for it, and nothing is repaired: look at it with the provider.
    OtherAmount,
    /// An order was granted, and the provider knows no such payment.
    GrantedNotCaptured,
    /// The provider gave back what is not noted.
    RefundNotNoted,
}

impl DifferenceKind {
    /// Its name in the output.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::CapturedNoOrder => "captured-no-order",
            Self::CapturedNotSettled => "captured-not-settled",
            Self::OtherAmount => "other-amount",
            Self::GrantedNotCaptured => "granted-not-captured",
            Self::RefundNotNoted => "refund-not-noted",
        }
    }
}

/// One thing that does not fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// What.
    pub kind: DifferenceKind,
    /// What the provider knows the order by.
    pub reference: String,
    /// The payment or refund, where there is one.
    pub provider_id: Option<String>,
    /// In the smallest unit of the currency.
    pub amount: i64,
    /// Whether it was settled.
    pub is_repaired: bool,
}

/// What an audit found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PaymentsAudit {
    /// Links of ours that the provider has.
    pub links: u64,
    /// Payments of those that it took.
    pub captured: u64,
    /// Orders of the database that were granted.
    pub granted: u64,
    /// Refunds that are owed and not done: no difference, and worth a look.
    pub owed: u64,
    /// What does not fit.
    pub differences: Vec<Difference>,
}
