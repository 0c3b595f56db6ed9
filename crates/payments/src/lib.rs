//! Payments: what a provider is asked for, Razorpay's API, its signatures and its webhooks.
//!
//! Nothing here knows users, plans or the database. Whoever sells asks a [`PaymentProvider`] for a link, and asks again before anything
//! is granted; when a request that failed is repeated is not decided here.

mod callback;
mod entities;
mod error;
mod provider;
mod razorpay;

pub use callback::LinkCallback;
pub use entities::{
    Currency, Dispute, DisputeId, DisputeStatus, LinkId, LinkStatus, Money, NewPaymentLink, NewRefund, Notes, OrderId,
    Payment, PaymentFailure, PaymentId, PaymentLink, PaymentStatus, ReferenceId, Refund, RefundId, RefundKey,
    RefundStatus,
};
pub use error::{PaymentError, Refusal};
pub use provider::{Answer, Mode, Page, PaymentProvider, Period};
pub use razorpay::{EventId, Razorpay, RazorpayKeys, RazorpayUrl, WebhookEvent, WebhookSecrets, claimed_account};
