//! Entities, each from its object. Nothing where the object lacks what nothing can be decided without.

use serde_json::Value;

use super::fields::Fields;
use crate::{
    entities::{
        Dispute, DisputeId, DisputeStatus, LinkId, LinkStatus, OrderId, Payment, PaymentFailure, PaymentId,
        PaymentLink, PaymentStatus, ReferenceId, Refund, RefundId, RefundKey, RefundStatus,
    },
    error::one_line,
};

/// Payments of one link that are read.
const MAX_PAYMENTS: usize = 100;

pub(in crate::razorpay) fn link(value: &Value) -> Option<PaymentLink> {
    let fields = Fields(value);
    Some(PaymentLink {
        id: LinkId::parse(fields.text("id")?)?,
        url: fields.text("short_url").unwrap_or_default().to_owned(),
        status: LinkStatus::parse(fields.text("status")?),
        reference: fields.text("reference_id").and_then(ReferenceId::parse),
        amount: fields.money("amount")?,
        amount_paid: fields.money_or_zero("amount_paid")?,
        order: fields.text("order_id").and_then(OrderId::parse),
        payments: captured(value.get("payments")),
        created_at: fields.time("created_at"),
        expires_at: fields.time("expire_by"),
        notes: fields.notes(),
    })
}

/// The payments of a link: none, one or a list.
fn captured(payments: Option<&Value>) -> Vec<PaymentId> {
    let one = payments.filter(|payments| payments.is_object());
    let many = payments.and_then(Value::as_array).into_iter().flatten();
    one.into_iter()
        .chain(many)
        .map(Fields)
        .filter(|payment| payment.text("status").is_none_or(|status| status == "captured"))
        .filter_map(|payment| PaymentId::parse(payment.text("payment_id").or_else(|| payment.text("id"))?))
        .take(MAX_PAYMENTS)
        .collect()
}

pub(in crate::razorpay) fn payment(value: &Value) -> Option<Payment> {
    let fields = Fields(value);
    let status = match (PaymentStatus::parse(fields.text("status")?), fields.switch("captured")) {
        // Samples of payments that failed say `captured`, too: the status decides. A word that is new does not hide that money came.
        (PaymentStatus::Unknown, Some(true)) => PaymentStatus::Captured,
        (status, _) => status,
    };
    let failure = fields.text("error_code").map(|code| PaymentFailure {
        code: one_line(code),
        description: fields.text("error_description").map(one_line),
    });
    Some(Payment {
        id: PaymentId::parse(fields.text("id")?)?,
        amount: fields.money("amount")?,
        fee: fields.money("fee"),
        tax: fields.money("tax"),
        status,
        order: fields.text("order_id").and_then(OrderId::parse),
        amount_refunded: fields.money_or_zero("amount_refunded")?,
        method: fields.text("method").map(one_line),
        created_at: fields.time("created_at"),
        failure,
        notes: fields.notes(),
    })
}

pub(in crate::razorpay) fn refund(value: &Value) -> Option<Refund> {
    let fields = Fields(value);
    Some(Refund {
        id: RefundId::parse(fields.text("id")?)?,
        payment: PaymentId::parse(fields.text("payment_id")?)?,
        amount: fields.money("amount")?,
        status: RefundStatus::parse(fields.text("status")?),
        key: fields.text("receipt").and_then(RefundKey::parse),
        created_at: fields.time("created_at"),
        notes: fields.notes(),
    })
}

pub(in crate::razorpay) fn dispute(value: &Value) -> Option<Dispute> {
    let fields = Fields(value);
    Some(Dispute {
        id: DisputeId::parse(fields.text("id")?)?,
        payment: PaymentId::parse(fields.text("payment_id")?)?,
        amount: fields.money("amount")?,
        status: DisputeStatus::parse(fields.text("status")?),
        reason: fields.text("reason_code").map(one_line),
        created_at: fields.time("created_at"),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{link, payment};
    use crate::entities::{LinkStatus, PaymentStatus};

    #[test]
    fn w15_a_link_is_read_in_each_of_its_shapes() {
        let mut value = json!({
            "id": "plink_1", "short_url": "https://rzp.io/i/a", "status": "created", "amount": 5000, "currency": "INR",
            "created_at": 1_591_097_057, "expire_by": 0, "expired_at": 0, "unknown": {"a": [1]},
        });
        for empty in [json!([]), json!({}), json!(null), json!("NA")] {
            for name in ["notes", "customer", "reminders", "payments", "order_id", "reference_id"] {
                value[name] = empty.clone();
            }
            let link = link(&value).unwrap_or_else(|| panic!("{value}"));
            assert_eq!((link.status, link.amount_paid.paise()), (LinkStatus::Created, 0));
            assert!(link.payments.is_empty() && link.expires_at.is_none() && link.notes.is_empty());
        }
        value["payments"] = json!([
            {"payment_id": "pay_1", "status": "captured"}, {"payment_id": "pay_2", "status": "failed"}, {"payment_id": "pay_3"},
        ]);
        let ids: Vec<_> = link(&value)
            .expect("a link")
            .payments
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(ids, ["pay_1", "pay_3"]);
        value["payments"] = json!({"payment_id": "pay_1", "status": "captured"});
        assert_eq!(link(&value).expect("a link").payments.len(), 1);
        value["id"] = json!("order_1");
        assert_eq!(link(&value), None);
    }

    #[test]
    fn w15_a_payment_is_what_its_status_says() {
        let mut value = json!({"id": "pay_1", "status": "failed", "captured": true, "amount": 5000, "currency": "INR", "error_code": ""});
        let failed = payment(&value).expect("a payment");
        assert_eq!((failed.status, failed.failure), (PaymentStatus::Failed, None));
        value["status"] = json!("captured");
        value["captured"] = json!("1");
        value["fee"] = json!(null);
        let captured = payment(&value).expect("a payment");
        assert_eq!((captured.status, captured.fee), (PaymentStatus::Captured, None));
        value["status"] = json!("settling");
        assert_eq!(payment(&value).expect("a payment").status, PaymentStatus::Captured);
        value["error_code"] = json!("BAD_REQUEST_ERROR");
        value["error_description"] = json!("Payment\nfailed");
        let failure = payment(&value).and_then(|payment| payment.failure).expect("a failure");
        assert_eq!(failure.description.as_deref(), Some("Payment failed"));
    }
}
