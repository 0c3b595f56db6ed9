//! A provider that is away, busy, or says what nobody understands.

use std::time::Duration;

use sealdrop_payments::{PaymentError, PaymentProvider as _, Razorpay, RazorpayKeys, RazorpayUrl};
use sealdrop_test_support::razorpay::{KEY_SECRET, RazorpayDouble, TEST_KEY};
use serde_json::json;

use crate::{client, setup, wish};

#[tokio::test]
async fn w16_what_goes_wrong_is_told_apart() {
    let (double, razorpay) = setup().await;
    let link = razorpay.create_link(&wish("sd-1")).await.expect("a link");
    let cases = [
        (
            json!({"status": 429, "retry_after": 7}),
            PaymentError::RateLimited {
                retry_after: Some(Duration::from_secs(7)),
            },
        ),
        (json!({"status": 429}), PaymentError::RateLimited { retry_after: None }),
        (
            json!({"status": 429, "retry_after": 999_999}),
            PaymentError::RateLimited {
                retry_after: Some(Duration::from_secs(3600)),
            },
        ),
        (json!({"status": 500}), PaymentError::Away { status: Some(500) }),
        (
            json!({"status": 503, "broken": "page"}),
            PaymentError::Away { status: Some(503) },
        ),
        (json!({"broken": "hang"}), PaymentError::TimedOut),
        (json!({"broken": "cut"}), PaymentError::Away { status: None }),
        (json!({"broken": "flood"}), PaymentError::Unreadable("too long")),
        (json!({"broken": "page"}), PaymentError::Unreadable("no JSON")),
        (
            json!({"status": 302}),
            PaymentError::Unreadable("a status that is not documented"),
        ),
        (json!({"status": 401}), PaymentError::WrongKeys),
    ];
    for (mut fault, expected) in cases {
        fault["endpoint"] = json!("GET /payment_links/:id");
        double.tell("faults", fault.clone());
        let error = razorpay.link(&link.id).await.expect_err("a fault");
        assert_eq!(error, expected, "{fault}");
        assert!(error.is_retryable(), "{fault}");
        razorpay.link(&link.id).await.expect("it is back");
    }
}

#[tokio::test]
async fn w16_a_provider_that_is_not_there_and_keys_that_are_wrong() {
    let double = RazorpayDouble::start().await.expect("a double");
    let wrong = client(&double, TEST_KEY, "not-the-secret-marker");
    assert_eq!(wrong.create_link(&wish("sd-1")).await, Err(PaymentError::WrongKeys));
    assert!(!format!("{wrong:?}").contains("marker"), "{wrong:?}");
    let url = double.url.clone();
    drop(double);
    let keys = RazorpayKeys::new(TEST_KEY, KEY_SECRET).expect("keys");
    let gone = Razorpay::new(RazorpayUrl::parse(&url).expect("an address"), keys).expect("a client");
    let error = gone.create_link(&wish("sd-1")).await.expect_err("nobody is there");
    assert!(error.is_retryable(), "{error}");
}
