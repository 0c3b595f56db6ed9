//! Razorpay: payment links, payments, refunds, and what it signs (<https://razorpay.com/docs/api/>).

mod client;
mod http;
mod keys;
mod links;
mod payments;
mod refusal;
mod signature;
mod url;
mod webhook;
mod wire;

pub use client::Razorpay;
pub use keys::RazorpayKeys;
pub use signature::WebhookSecrets;
pub use url::RazorpayUrl;
pub use webhook::{EventId, WebhookEvent, claimed_account};

use crate::{
    callback::LinkCallback,
    entities::{
        Dispute, LinkId, NewPaymentLink, NewRefund, OrderId, Payment, PaymentId, PaymentLink, ReferenceId, Refund,
        RefundId,
    },
    provider::{Answer, Mode, Page, PaymentProvider, Period},
};

impl PaymentProvider for Razorpay {
    fn name(&self) -> &'static str {
        "razorpay"
    }

    fn mode(&self) -> Mode {
        self.http.keys().mode()
    }

    fn create_link<'a>(&'a self, link: &'a NewPaymentLink) -> Answer<'a, PaymentLink> {
        Box::pin(links::create(self, link))
    }

    fn find_link<'a>(&'a self, reference: &'a ReferenceId) -> Answer<'a, Option<PaymentLink>> {
        Box::pin(links::find(self, reference))
    }

    fn link<'a>(&'a self, id: &'a LinkId) -> Answer<'a, PaymentLink> {
        Box::pin(links::get(self, id))
    }

    fn cancel_link<'a>(&'a self, id: &'a LinkId) -> Answer<'a, PaymentLink> {
        Box::pin(links::cancel(self, id))
    }

    fn links<'a>(&'a self, prefix: &'a str, skip: u32) -> Answer<'a, Page<PaymentLink>> {
        Box::pin(links::list(self, prefix, skip))
    }

    fn payment<'a>(&'a self, id: &'a PaymentId) -> Answer<'a, Payment> {
        Box::pin(payments::get(self, id))
    }

    fn payments(&self, period: Period, skip: u32) -> Answer<'_, Page<Payment>> {
        Box::pin(payments::list(self, period, skip))
    }

    fn order_payments<'a>(&'a self, id: &'a OrderId) -> Answer<'a, Vec<Payment>> {
        Box::pin(payments::of_order(self, id))
    }

    fn refund<'a>(&'a self, refund: &'a NewRefund) -> Answer<'a, Refund> {
        Box::pin(payments::refund(self, refund))
    }

    fn get_refund<'a>(&'a self, id: &'a RefundId) -> Answer<'a, Refund> {
        Box::pin(payments::get_refund(self, id))
    }

    fn refunds<'a>(&'a self, id: &'a PaymentId) -> Answer<'a, Vec<Refund>> {
        Box::pin(payments::refunds(self, id))
    }

    fn disputes(&self, skip: u32) -> Answer<'_, Page<Dispute>> {
        Box::pin(payments::disputes(self, skip))
    }

    /// Over `link_id|reference_id|status|payment_id`, with the key's secret.
    fn is_signed(&self, link: &LinkId, callback: &LinkCallback) -> bool {
        let LinkCallback {
            payment,
            reference,
            status,
            signature,
            ..
        } = callback;
        let message = format!("{link}|{reference}|{status}|{payment}");
        signature::is_signature(self.http.keys().secret().as_bytes(), message.as_bytes(), signature)
    }
}
