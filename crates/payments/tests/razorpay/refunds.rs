//! Refunds and disputes.

use sealdrop_payments::{
    DisputeStatus, Money, NewRefund, Notes, PaymentError, PaymentId, PaymentProvider as _, RefundKey, RefundStatus,
};
use serde_json::json;

use crate::{paid, rupees, setup};

fn refund(payment: &PaymentId, amount: Money, key: &str) -> NewRefund {
    NewRefund {
        payment: payment.clone(),
        amount,
        key: RefundKey::parse(key).expect("a key"),
        notes: Notes::new(),
    }
}

#[tokio::test]
async fn w11_a_refund_is_done_once_however_often_it_is_asked_for() {
    let (double, razorpay) = setup().await;
    let (_, payment) = paid(&double, &razorpay, "sd-1").await;
    let wish = refund(&payment, rupees(100), "refund-sd-1");
    double.tell(
        "faults",
        json!({"endpoint": "POST /payments/:id/refund", "made": true, "status": 502}),
    );
    let lost = razorpay.refund(&wish).await.expect_err("the answer is lost");
    assert!(lost.is_retryable(), "{lost}");
    let first = razorpay.refund(&wish).await.expect("a refund");
    let again = razorpay.refund(&wish).await.expect("the same");
    assert_eq!((&first.id, first.status), (&again.id, RefundStatus::Processed));
    assert_eq!(first.key.as_ref(), Some(&wish.key));
    assert_eq!(razorpay.refunds(&payment).await.expect("a list").len(), 1);
    let other = refund(&payment, rupees(1), "refund-sd-1");
    assert!(matches!(razorpay.refund(&other).await, Err(PaymentError::Refused(_))));
    let more = refund(&payment, rupees(1), "refund-sd-1-more");
    assert!(matches!(razorpay.refund(&more).await, Err(PaymentError::Refused(_))));
}

/// Report 4: a balance that is too low is not the end.
#[tokio::test]
async fn w12_a_short_balance_is_asked_again_until_it_is_done() {
    let (double, razorpay) = setup().await;
    for says in ["balance", "vague"] {
        let (_, payment) = paid(&double, &razorpay, &format!("sd-{says}")).await;
        double.tell("settings", json!({"refund_refusals": 30, "refund_refusal": says}));
        let wish = refund(&payment, rupees(100), &format!("refund-{says}-1"));
        for day in 1..=30 {
            let refused = razorpay.refund(&wish).await.expect_err("not yet");
            assert!(matches!(refused, PaymentError::BalanceTooLow(_)), "{day}: {refused}");
            assert!(refused.is_retryable());
        }
        razorpay.refund(&wish).await.expect("now");
        let all = razorpay.refunds(&payment).await.expect("a list");
        assert_eq!(all.len(), 1);
        assert_eq!(razorpay.get_refund(&all[0].id).await.as_ref(), Ok(&all[0]));
    }
}

#[tokio::test]
async fn w12_refunds_that_wait_and_disputes_are_seen() {
    let (double, razorpay) = setup().await;
    double.tell("settings", json!({"refunds_stay_pending": true}));
    let (_, payment) = paid(&double, &razorpay, "sd-1").await;
    let waiting = razorpay
        .refund(&refund(&payment, rupees(10), "refund-part-1"))
        .await
        .expect("a refund");
    assert_eq!(waiting.status, RefundStatus::Pending);
    double.tell(
        "refunds/settle",
        json!({"refund_id": waiting.id.as_str(), "outcome": "failed"}),
    );
    assert_eq!(
        razorpay.get_refund(&waiting.id).await.expect("a refund").status,
        RefundStatus::Failed
    );
    assert_eq!(
        razorpay
            .payment(&payment)
            .await
            .expect("a payment")
            .amount_refunded
            .paise(),
        0
    );
    let dispute = double.tell("disputes", json!({"payment_id": payment.as_str()}))["dispute_id"].clone();
    let seen = razorpay.disputes(0).await.expect("a list").items;
    assert_eq!(
        (seen.len(), seen[0].status, &seen[0].payment),
        (1, DisputeStatus::Open, &payment)
    );
    assert!(seen[0].status.is_undecided());
    double.tell("disputes/settle", json!({"dispute_id": dispute, "outcome": "lost"}));
    assert_eq!(
        razorpay.disputes(0).await.expect("a list").items[0].status,
        DisputeStatus::Lost
    );
}
