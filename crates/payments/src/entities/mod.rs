//! What a provider keeps for us: payment links, payments, refunds, disputes.

mod dispute;
mod ids;
mod link;
mod money;
mod notes;
mod payment;
mod refund;

pub use dispute::{Dispute, DisputeStatus};
pub use ids::{DisputeId, LinkId, OrderId, PaymentId, ReferenceId, RefundId, RefundKey};
pub use link::{LinkStatus, NewPaymentLink, PaymentLink};
pub use money::{Currency, Money};
pub use notes::Notes;
pub use payment::{Payment, PaymentFailure, PaymentStatus};
pub use refund::{NewRefund, Refund, RefundStatus};
