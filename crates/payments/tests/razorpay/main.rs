//! Our client of Razorpay against the double.

mod failures;
mod links;
mod python;
mod refunds;
mod webhooks;

use std::time::Duration;

use sealdrop_payments::{
    Currency, Money, NewPaymentLink, Notes, PaymentId, PaymentLink, PaymentProvider as _, Razorpay, RazorpayKeys,
    RazorpayUrl, ReferenceId,
};
use sealdrop_test_support::razorpay::{KEY_SECRET, LIVE_KEY, RazorpayDouble, TEST_KEY};
use serde_json::json;

async fn setup() -> (RazorpayDouble, Razorpay) {
    let double = RazorpayDouble::start().await.expect("a double");
    let razorpay = client(&double, TEST_KEY, KEY_SECRET);
    (double, razorpay)
}

fn client(double: &RazorpayDouble, key: &str, secret: &str) -> Razorpay {
    let keys = RazorpayKeys::new(key, secret).expect("keys");
    // Answers that never come are waited for as long.
    let waits = Duration::from_secs(3);
    Razorpay::with_timeout(RazorpayUrl::parse(&double.url).expect("an address"), keys, waits).expect("a client")
}

fn live(double: &RazorpayDouble) -> Razorpay {
    client(double, LIVE_KEY, KEY_SECRET)
}

fn rupees(amount: i64) -> Money {
    Money::new(amount * 100, Currency::INR).expect("not negative")
}

fn wish(reference: &str) -> NewPaymentLink {
    NewPaymentLink {
        reference: ReferenceId::parse(reference).expect("a reference"),
        amount: rupees(100),
        description: "One month".to_owned(),
        expires_at: None,
        callback_url: "http://127.0.0.1:3000/back".to_owned(),
        notes: Notes::new(),
    }
}

/// A link that was paid, and its payment.
async fn paid(double: &RazorpayDouble, razorpay: &Razorpay, reference: &str) -> (PaymentLink, PaymentId) {
    let link = razorpay.create_link(&wish(reference)).await.expect("a link");
    let said = double.tell("pay", json!({"id": link.id.as_str(), "outcome": "captured"}));
    let payment = PaymentId::parse(said["payment_id"].as_str().expect("a payment")).expect("an id");
    (link, payment)
}
