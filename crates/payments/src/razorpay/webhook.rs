//! Events that Razorpay sends.

use serde_json::Value;
use time::OffsetDateTime;

use super::wire::{self, Fields};
use crate::entities::{Dispute, OrderId, Payment, PaymentLink, Refund};

/// The id of an event (`x-razorpay-event-id`): copies have the same one.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct EventId(String);

impl EventId {
    /// Nothing if it is empty, longer than 64 characters, or not of letters, digits, `-` and `_`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        ((1..=64).contains(&text.len()) && text.bytes().all(is_plain)).then(|| Self(text.to_owned()))
    }

    /// As it came.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What an event says. It is a reason to ask the provider, never a reason to grant: events carry no mode, come twice, late and in any order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookEvent {
    /// Such as `payment_link.paid`.
    pub name: String,
    /// The account that it is about: `acc_…`.
    pub account: Option<String>,
    /// When it was made.
    pub created_at: Option<OffsetDateTime>,
    /// `payload.payment_link`, if it came and can be read.
    pub link: Option<PaymentLink>,
    /// The id of `payload.order`, or the one that link or payment name.
    pub order: Option<OrderId>,
    /// `payload.payment`.
    pub payment: Option<Payment>,
    /// `payload.refund`.
    pub refund: Option<Refund>,
    /// `payload.dispute`.
    pub dispute: Option<Dispute>,
}

impl WebhookEvent {
    /// The header with the signature.
    pub const SIGNATURE_HEADER: &str = "x-razorpay-signature";
    /// The header with the id.
    pub const ID_HEADER: &str = "x-razorpay-event-id";

    /// Reads a body whose signature was checked. Nothing if it is no event.
    #[must_use]
    pub fn parse(body: &[u8]) -> Option<Self> {
        let value: Value = serde_json::from_slice(body).ok()?;
        let fields = Fields(&value);
        let entity = |name: &str| value.get("payload")?.get(name)?.get("entity");
        let link = entity("payment_link").and_then(wire::link);
        let payment = entity("payment").and_then(wire::payment);
        let order = entity("order").and_then(|order| OrderId::parse(Fields(order).text("id")?));
        let order = order
            .or_else(|| link.as_ref()?.order.clone())
            .or_else(|| payment.as_ref()?.order.clone());
        Some(Self {
            name: fields.text("event").filter(|name| is_name(name))?.to_owned(),
            account: account(fields),
            created_at: fields
                .number("created_at")
                .and_then(|at| OffsetDateTime::from_unix_timestamp(at).ok()),
            refund: entity("refund").and_then(wire::refund),
            dispute: entity("dispute").and_then(wire::dispute),
            link,
            order,
            payment,
        })
    }
}

/// The account that a body claims to be about. For counting refused signatures that look like ours, and for nothing else.
#[must_use]
pub fn claimed_account(body: &[u8]) -> Option<String> {
    account(Fields(&serde_json::from_slice(body).ok()?))
}

fn account(fields: Fields<'_>) -> Option<String> {
    let account = fields.text("account_id")?;
    let rest = account.strip_prefix("acc_")?;
    let is_plain = (1..=40).contains(&rest.len()) && rest.bytes().all(|byte| byte.is_ascii_alphanumeric());
    is_plain.then(|| account.to_owned())
}

fn is_name(text: &str) -> bool {
    text.len() <= 64
        && text
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || matches!(byte, b'.' | b'_'))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{EventId, WebhookEvent, claimed_account};

    #[test]
    fn an_event_names_what_it_is_about() {
        let payment = json!({"id": "pay_1", "status": "captured", "captured": "1", "amount": 10_236, "currency": "INR", "notes": [], "order_id": "order_1"});
        let link = json!({"id": "plink_1", "status": "paid", "amount": 10_000, "amount_paid": 10_000, "currency": "INR", "customer": [], "reference_id": "sd-1"});
        let body = json!({
            "entity": "event", "account_id": "acc_BFQ7uQEaa7j2z7", "event": "payment_link.paid",
            "contains": ["payment_link", "order", "payment"],
            "payload": {"payment_link": {"entity": link}, "payment": {"entity": payment}, "order": {"entity": {"id": "order_1"}}},
            "created_at": 1_567_674_606, "new": {},
        });
        let event = WebhookEvent::parse(body.to_string().as_bytes()).expect("an event");
        assert_eq!(
            (event.name.as_str(), event.account.as_deref()),
            ("payment_link.paid", Some("acc_BFQ7uQEaa7j2z7"))
        );
        assert_eq!(
            event.order.as_ref().map(ToString::to_string).as_deref(),
            Some("order_1")
        );
        assert!(event.link.is_some_and(|link| link.is_paid_with(link.amount)));
        assert!(event.payment.is_some() && event.refund.is_none() && event.dispute.is_none());
        assert_eq!(
            claimed_account(body.to_string().as_bytes()).as_deref(),
            Some("acc_BFQ7uQEaa7j2z7")
        );
    }

    #[test]
    fn what_is_no_event_is_not_read() {
        for wrong in [
            &b""[..],
            b"{}",
            b"[]",
            b"\xff",
            b"{\"event\":\"A B\"}",
            b"{\"event\":1}",
        ] {
            assert_eq!(WebhookEvent::parse(wrong), None);
        }
        // Nothing in it that is known: still an event, for nobody.
        let event = WebhookEvent::parse(b"{\"event\":\"invoice.paid\",\"payload\":[]}").expect("an event");
        assert!(event.link.is_none() && event.order.is_none());
        assert_eq!(claimed_account(b"{\"account_id\":\"acc_a b\"}"), None);
        assert!(EventId::parse("FbHpu7mVqrCmnZ").is_some());
        assert_eq!(EventId::parse("a\r\nb"), None);
        assert_eq!(EventId::parse(""), None);
    }
}
