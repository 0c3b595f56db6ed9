//! Links: made once, found again, cancelled, paid.

use sealdrop_payments::{LinkStatus, PaymentError, PaymentProvider as _, PaymentStatus, Period, ReferenceId};
use sealdrop_test_support::razorpay::Fault;
use serde_json::json;
use time::{Duration, OffsetDateTime};

use crate::{live, paid, rupees, setup, wish};

fn after_making(status: Option<u16>, broken: Option<&str>) -> Fault {
    let fault = json!({"endpoint": "POST /payment_links", "made": true, "status": status, "broken": broken});
    serde_json::from_value(fault).expect("a fault")
}

#[tokio::test]
async fn w10_a_link_whose_answer_got_lost_is_found_again() {
    let (double, razorpay) = setup().await;
    let lost = [
        (Some(502), None),
        (Some(500), None),
        (Some(504), None),
        (None, Some("cut")),
        (None, Some("page")),
        (None, Some("flood")),
        (None, Some("hang")),
    ];
    for (number, (status, broken)) in lost.into_iter().enumerate() {
        double.fail(after_making(status, broken));
        let wish = wish(&format!("sd-{number}"));
        let made = razorpay
            .create_link(&wish)
            .await
            .unwrap_or_else(|error| panic!("{number}: {error}"));
        let again = razorpay.create_link(&wish).await.expect("the same");
        assert_eq!((&made.id, &made.url), (&again.id, &again.url));
        assert_eq!(
            razorpay.find_link(&wish.reference).await.expect("an answer").as_ref(),
            Some(&again)
        );
    }
    let links = razorpay.links("sd-", 0).await.expect("a list");
    assert_eq!(links.items.len(), lost.len(), "one link for each order");
}

#[tokio::test]
async fn w10_a_link_is_found_where_lists_ignore_the_reference() {
    let (double, razorpay) = setup().await;
    double.tell("settings", json!({"ignores_reference": true}));
    let first = razorpay.create_link(&wish("sd-first")).await.expect("a link");
    for number in 0..120 {
        razorpay
            .create_link(&wish(&format!("sd-{number}")))
            .await
            .expect("a link");
    }
    let again = razorpay.create_link(&wish("sd-first")).await.expect("the same");
    assert_eq!(first.id, again.id);
}

#[tokio::test]
async fn w09_a_reference_that_was_used_for_another_amount_is_no_link() {
    let (_double, razorpay) = setup().await;
    let mut wish = wish("sd-1");
    razorpay.create_link(&wish).await.expect("a link");
    wish.amount = rupees(1);
    let refused = razorpay.create_link(&wish).await.expect_err("another amount");
    assert_eq!(refused, PaymentError::ReferenceExists);
    wish.amount = sealdrop_payments::Money::new(99, wish.amount.currency()).expect("not negative");
    assert!(matches!(
        razorpay.create_link(&wish).await,
        Err(PaymentError::Invalid(_))
    ));
}

/// Report 3: each way to say that something is not there.
#[tokio::test]
async fn w15_every_quirk_is_read_in_links_payments_refunds_and_errors() {
    let (double, razorpay) = setup().await;
    let mut number = 0;
    for empty in ["list", "object", "null"] {
        for absent in ["null", "na", "text", "missing"] {
            for captured_as_text in [true, false] {
                number += 1;
                double.tell(
                    "settings",
                    json!({"empty": empty, "absent": absent, "captured_as_text": captured_as_text}),
                );
                let (link, payment) = paid(&double, &razorpay, &format!("sd-{number}")).await;
                let what = format!("{empty} {absent} {captured_as_text}");
                assert!(link.notes.is_empty() && link.expires_at.is_none(), "{what}");
                let payment = razorpay
                    .payment(&payment)
                    .await
                    .unwrap_or_else(|error| panic!("{what}: {error}"));
                assert_eq!(
                    (payment.status, payment.failure),
                    (PaymentStatus::Captured, None),
                    "{what}"
                );
                let refused = razorpay.cancel_link(&link.id).await.expect_err("it is paid");
                assert!(
                    matches!(&refused, PaymentError::LinkNotCancellable(why) if why.reason.is_none()),
                    "{what}: {refused}"
                );
                let unknown = ReferenceId::parse("sd-none").expect("a reference");
                assert_eq!(razorpay.find_link(&unknown).await, Ok(None), "{what}");
            }
        }
    }
}

/// Report 1: payers may bear the fee. What the link says is paid decides.
#[tokio::test]
async fn w08_a_fee_on_top_does_not_change_what_is_paid() {
    let (double, razorpay) = setup().await;
    for (bearer, fee) in [("customer", Some(236)), ("customer-unsaid", None)] {
        double.tell("settings", json!({"fee_bearer": bearer}));
        let (link, payment) = paid(&double, &razorpay, &format!("sd-{bearer}")).await;
        let payment = razorpay.payment(&payment).await.expect("a payment");
        assert_eq!(
            (payment.amount.paise(), payment.fee.map(|fee| fee.paise())),
            (10_236, fee)
        );
        let seen = razorpay.link(&link.id).await.expect("a link");
        assert!(seen.is_paid_with(rupees(100)), "{seen:?}");
        double.tell("links/paid", json!({"id": link.id.as_str(), "amount_paid": 9_999}));
        let seen = razorpay.link(&link.id).await.expect("a link");
        assert!(!seen.is_paid_with(rupees(100)), "{seen:?}");
    }
}

#[tokio::test]
async fn a_link_is_cancelled_once_and_not_when_it_was_paid() {
    let (double, razorpay) = setup().await;
    let link = razorpay.create_link(&wish("sd-1")).await.expect("a link");
    let lost = json!({"endpoint": "POST /payment_links/:id/cancel", "made": true, "status": 502});
    double.tell("faults", lost);
    assert!(razorpay.cancel_link(&link.id).await.expect_err("lost").is_retryable());
    let cancelled = razorpay.cancel_link(&link.id).await.expect("it is");
    assert_eq!(cancelled.status, LinkStatus::Cancelled);
    let (link, _) = paid(&double, &razorpay, "sd-2").await;
    let refused = razorpay.cancel_link(&link.id).await.expect_err("it is paid");
    assert!(matches!(refused, PaymentError::LinkNotCancellable(_)), "{refused}");
}

/// Report 17: the bank may answer after the link has ended.
#[tokio::test]
async fn w04_a_payment_that_comes_late_is_seen_by_its_order() {
    let (double, razorpay) = setup().await;
    let mut wish = wish("sd-1");
    wish.expires_at = Some(
        OffsetDateTime::from_unix_timestamp(double.tell("state", json!(null))["now"].as_i64().expect("seconds") + 960)
            .expect("a time"),
    );
    let link = razorpay.create_link(&wish).await.expect("a link");
    assert_eq!(link.expires_at, wish.expires_at);
    let payment = double.tell("pay", json!({"id": link.id.as_str(), "outcome": "late"}))["payment_id"].clone();
    double.tell("clock", json!({"ahead": 1_000}));
    assert_eq!(
        razorpay.link(&link.id).await.expect("a link").status,
        LinkStatus::Expired
    );
    double.tell("settle", json!({"payment_id": payment, "outcome": "failed"}));
    double.tell("clock", json!({"ahead": 2 * 86_400}));
    double.tell("settle", json!({"payment_id": payment, "outcome": "authorized"}));
    let order = link.order.clone().expect("an order");
    let payments = razorpay.order_payments(&order).await.expect("payments");
    assert_eq!(payments.len(), 1);
    assert_eq!(payments[0].status, PaymentStatus::Captured);
}

/// Report 11: what one key made, the other does not know.
#[tokio::test]
async fn w08_test_and_live_do_not_see_each_other() {
    let (double, razorpay) = setup().await;
    let (link, payment) = paid(&double, &razorpay, "sd-1").await;
    let live = live(&double);
    assert!(matches!(live.payment(&payment).await, Err(PaymentError::NotFound(_))));
    assert!(matches!(live.link(&link.id).await, Err(PaymentError::NotFound(_))));
    assert_eq!(live.find_link(&wish("sd-1").reference).await, Ok(None));
    assert_ne!(live.mode(), razorpay.mode());
}

/// Report 21: the audit pages through all payments of a period.
#[tokio::test]
async fn w05_lists_are_read_to_their_end() {
    let (double, razorpay) = setup().await;
    for number in 0..205 {
        paid(&double, &razorpay, &format!("sd-{number}")).await;
    }
    let now = double.tell("state", json!(null))["now"].as_i64().expect("seconds");
    let now = OffsetDateTime::from_unix_timestamp(now).expect("a time");
    let period = Period {
        from: now - Duration::HOUR,
        to: now,
    };
    let (mut ids, mut skip) = (std::collections::BTreeSet::new(), Some(0));
    while let Some(from) = skip {
        let page = razorpay.payments(period, from).await.expect("a page");
        ids.extend(page.items.into_iter().map(|payment| payment.id));
        skip = page.next;
    }
    assert_eq!(ids.len(), 205);
    let before = Period {
        from: now - Duration::DAY,
        to: now - Duration::HOUR,
    };
    assert_eq!(razorpay.payments(before, 0).await.expect("a page").items, []);
    let mut ours = 0;
    let mut skip = Some(0);
    while let Some(from) = skip {
        let page = razorpay.links("sd-1", from).await.expect("a page");
        ours += page.items.len();
        skip = page.next;
    }
    assert_eq!(ours, 1 + 10 + 100, "sd-1, sd-10 to sd-19, sd-100 to sd-199");
}
