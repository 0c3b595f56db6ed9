//! What is asked of a payment provider, whichever it is.

use futures::future::BoxFuture;
use time::OffsetDateTime;

use crate::{
    callback::LinkCallback,
    entities::{
        Dispute, LinkId, NewPaymentLink, NewRefund, OrderId, Payment, PaymentId, PaymentLink, ReferenceId, Refund,
        RefundId,
    },
    error::PaymentError,
};

/// What an answer is: something, or why not.
pub type Answer<'a, T> = BoxFuture<'a, Result<T, PaymentError>>;

/// Takes money. Each request ends within 30 seconds (one that looks up what became of it within twice that) and is never repeated here:
/// whoever asks decides about that by [`PaymentError::is_retryable`].
pub trait PaymentProvider: Send + Sync {
    /// What it is, for the operator: `razorpay`.
    fn name(&self) -> &'static str;

    /// Whether money moves.
    fn mode(&self) -> Mode;

    /// Makes a payment link, or finds the one that has this reference already. Safe to repeat: an answer that got lost, and the refusal
    /// of a reference that exists, lead to the link. It may be paid, expired or cancelled by then.
    fn create_link<'a>(&'a self, link: &'a NewPaymentLink) -> Answer<'a, PaymentLink>;

    /// The link with our reference, if there is one.
    fn find_link<'a>(&'a self, reference: &'a ReferenceId) -> Answer<'a, Option<PaymentLink>>;

    /// A link by the provider's id.
    fn link<'a>(&'a self, id: &'a LinkId) -> Answer<'a, PaymentLink>;

    /// Ends a link that was not paid. [`PaymentError::LinkNotCancellable`] where it is too late: ask for the link, it may be paid. A link
    /// that is cancelled already is answered as it is.
    fn cancel_link<'a>(&'a self, id: &'a LinkId) -> Answer<'a, PaymentLink>;

    /// A page of our links, newest first: those whose reference begins with `prefix`.
    fn links<'a>(&'a self, prefix: &'a str, skip: u32) -> Answer<'a, Page<PaymentLink>>;

    /// A payment by the provider's id.
    fn payment<'a>(&'a self, id: &'a PaymentId) -> Answer<'a, Payment>;

    /// A page of the payments that were begun in a period, of other products on the same account too.
    fn payments(&self, period: Period, skip: u32) -> Answer<'_, Page<Payment>>;

    /// The payments of the provider's order: failed ones too.
    fn order_payments<'a>(&'a self, id: &'a OrderId) -> Answer<'a, Vec<Payment>>;

    /// Pays back. Safe to repeat with the same key and fields.
    fn refund<'a>(&'a self, refund: &'a NewRefund) -> Answer<'a, Refund>;

    /// A refund by the provider's id.
    fn get_refund<'a>(&'a self, id: &'a RefundId) -> Answer<'a, Refund>;

    /// The refunds of a payment, at most 100.
    fn refunds<'a>(&'a self, id: &'a PaymentId) -> Answer<'a, Vec<Refund>>;

    /// A page of all disputes of the account.
    fn disputes(&self, skip: u32) -> Answer<'_, Page<Dispute>>;

    /// Whether the provider signed what came back with the browser, for this link of ours. The link must be the stored one, never the one
    /// that the address names. It says that the link was paid once, not that it is: ask before anything is granted.
    fn is_signed(&self, link: &LinkId, callback: &LinkCallback) -> bool;
}

/// Whether money moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mode {
    /// No money moves.
    Test,
    /// Money moves.
    Live,
}

impl Mode {
    /// `test` or `live`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Test => "test",
            Self::Live => "live",
        }
    }

    /// Reads what [`Mode::as_str`] gives.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "test" => Some(Self::Test),
            "live" => Some(Self::Live),
            _ => None,
        }
    }
}

/// A period, both ends included, in whole seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// The first second.
    pub from: OffsetDateTime,
    /// The last second.
    pub to: OffsetDateTime,
}

/// A part of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// At most 100.
    pub items: Vec<T>,
    /// What to skip to get the next page; none after the last one.
    pub next: Option<u32>,
}
