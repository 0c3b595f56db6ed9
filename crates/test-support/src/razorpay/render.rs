//! Entities as Razorpay writes them, with the quirks that are set.

use serde_json::{Map, Value, json};

use super::{
    account::{Account, Dispute, Link, Order, Payment, Refund},
    settings::{Absent, Empty, FeeBearer, Settings},
};

pub(super) fn empty(settings: &Settings) -> Value {
    match settings.empty {
        Empty::List => json!([]),
        Empty::Object => json!({}),
        Empty::Null => Value::Null,
    }
}

fn notes(settings: &Settings, notes: &Map<String, Value>) -> Value {
    if notes.is_empty() {
        empty(settings)
    } else {
        json!(notes)
    }
}

/// Sets a text that is not there.
pub(super) fn set_absent(settings: &Settings, object: &mut Value, name: &str) {
    match settings.absent {
        Absent::Null => object[name] = Value::Null,
        Absent::Na => object[name] = json!("NA"),
        Absent::Text => object[name] = json!(""),
        Absent::Missing => {}
    }
}

pub(super) fn order(settings: &Settings, order: &Order) -> Value {
    let status = match (order.amount_paid >= order.amount, order.attempts) {
        (true, _) => "paid",
        (false, 0) => "created",
        (false, _) => "attempted",
    };
    json!({
        "id": order.id, "entity": "order", "amount": order.amount, "amount_paid": order.amount_paid,
        "amount_due": order.amount.saturating_sub(order.amount_paid).max(0), "currency": order.currency,
        "receipt": order.receipt, "offer_id": null, "status": status, "attempts": order.attempts,
        "notes": notes(settings, &order.notes), "created_at": order.created_at,
    })
}

pub(super) fn link(account: &Account, link: &Link) -> Value {
    let settings = &account.settings;
    let of_link = |payment: &&Payment| payment.link.as_ref() == Some(&link.id) && payment.status == "captured";
    let payments: Vec<Value> = account
        .payments
        .iter()
        .filter(of_link)
        .map(|payment| {
            json!({
                "payment_id": payment.id, "plink_id": link.id, "amount": payment.amount, "method": payment.method,
                "status": payment.status, "created_at": payment.created_at, "updated_at": payment.created_at,
            })
        })
        .collect();
    let payments = match payments.is_empty() {
        true => Value::Null,
        false => json!(payments),
    };
    let expired_at = if link.status == "expired" { link.expire_by } else { 0 };
    json!({
        "id": link.id, "entity": "payment_link", "accept_partial": false, "amount": link.amount, "amount_paid": link.amount_paid,
        "callback_method": link.callback_url.as_ref().map(|_| "get"), "callback_url": link.callback_url,
        "cancelled_at": link.cancelled_at, "created_at": link.created_at, "currency": link.currency,
        "customer": empty(settings), "description": link.description, "expire_by": link.expire_by, "expired_at": expired_at,
        "first_min_partial_amount": 0, "notes": notes(settings, &link.notes), "notify": {"sms": false, "email": false},
        "order_id": link.order, "payments": payments, "reference_id": link.reference.as_deref().unwrap_or_default(),
        "reminder_enable": false, "reminders": empty(settings), "short_url": format!("{}/l/{}", account.url, link.id),
        "status": link.status, "updated_at": link.created_at, "upi_link": false, "user_id": "", "whatsapp_link": false,
    })
}

pub(super) fn payment(settings: &Settings, payment: &Payment) -> Value {
    let is_captured = matches!(payment.status, "captured" | "refunded");
    let captured = match (settings.captured_as_text, is_captured) {
        (true, true) => json!("1"),
        // Some samples of payments that failed say so.
        (true, false) => json!(payment.status == "failed"),
        (false, captured) => json!(captured),
    };
    let refund_status = match payment.refunded {
        0 => Value::Null,
        all if all >= payment.amount => json!("full"),
        _ => json!("partial"),
    };
    let knows_fee = is_captured && settings.fee_bearer != FeeBearer::CustomerUnsaid;
    let mut value = json!({
        "id": payment.id, "entity": "payment", "amount": payment.amount, "currency": payment.currency, "status": payment.status,
        "order_id": payment.order, "invoice_id": null, "international": false, "method": payment.method,
        "amount_refunded": payment.refunded, "refund_status": refund_status, "captured": captured,
        "description": payment.link.as_ref().map(|link| format!("#{}", link.trim_start_matches("plink_"))),
        "card_id": null, "bank": null, "wallet": null, "vpa": (payment.method == "upi").then_some("payer@example"),
        "email": "payer@example.test", "contact": "+919000000000", "notes": notes(settings, &payment.notes),
        "fee": knows_fee.then_some(payment.fee), "tax": knows_fee.then_some(payment.tax),
        "acquirer_data": {"rrn": "000000000000"}, "created_at": payment.created_at,
    });
    if payment.status == "failed" {
        value["error_code"] = json!("BAD_REQUEST_ERROR");
        value["error_description"] = json!("Payment was unsuccessful as the bank declined it.");
        value["error_source"] = json!("bank");
        value["error_step"] = json!("payment_authorization");
        value["error_reason"] = json!("payment_failed");
    } else {
        for name in [
            "error_code",
            "error_description",
            "error_source",
            "error_step",
            "error_reason",
        ] {
            set_absent(settings, &mut value, name);
        }
    }
    value
}

pub(super) fn refund(settings: &Settings, refund: &Refund) -> Value {
    json!({
        "id": refund.id, "entity": "refund", "amount": refund.amount, "currency": refund.currency, "payment_id": refund.payment,
        "notes": notes(settings, &refund.notes), "receipt": refund.receipt, "acquirer_data": {"arn": null},
        "created_at": refund.created_at, "batch_id": null, "status": refund.status, "speed_processed": "normal",
        "speed_requested": "normal",
    })
}

pub(super) fn dispute(dispute: &Dispute) -> Value {
    let deducted = if dispute.status == "lost" { dispute.amount } else { 0 };
    json!({
        "id": dispute.id, "entity": "dispute", "payment_id": dispute.payment, "amount": dispute.amount,
        "currency": dispute.currency, "amount_deducted": deducted, "reason_code": "goods_or_services_not_received",
        "respond_by": dispute.created_at + 7 * 86_400, "status": dispute.status, "phase": "chargeback",
        "created_at": dispute.created_at, "evidence": null,
    })
}
