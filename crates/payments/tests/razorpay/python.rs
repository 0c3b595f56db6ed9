//! Razorpay's own Python package: a user of the double, and the judge of signatures.

use std::{
    io::{BufRead as _, BufReader, Lines, Write as _},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

use sealdrop_payments::{LinkCallback, LinkId, PaymentId, PaymentProvider as _, WebhookSecrets};
use sealdrop_test_support::razorpay::{KEY_SECRET, RazorpayDouble, TEST_KEY, WEBHOOK_SECRET};
use serde_json::{Value, json};

use crate::{setup, wish};

/// `end2end/razorpay_sdk.py`; killed when dropped.
struct Sdk {
    child: Child,
    input: ChildStdin,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Sdk {
    fn start(double: &RazorpayDouble) -> Self {
        let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
        let mut child = Command::new(format!("{root}/.venv/bin/python"))
            .arg(format!("{root}/end2end/razorpay_sdk.py"))
            .args([&double.url, TEST_KEY, KEY_SECRET])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("Python starts");
        let lines = BufReader::new(child.stdout.take().expect("it is piped")).lines();
        let input = child.stdin.take().expect("it is piped");
        Self { child, input, lines }
    }

    fn ask(&mut self, asked: &Value) -> Value {
        writeln!(self.input, "{asked}").expect("it listens");
        let line = self.lines.next().expect("an answer").expect("it is read");
        serde_json::from_str(&line).unwrap_or_else(|_| panic!("{line}"))
    }
}

impl Drop for Sdk {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Python with the package razorpay"]
async fn the_providers_own_package_uses_the_double() {
    let (double, razorpay) = setup().await;
    let mut sdk = Sdk::start(&double);
    for quirks in [
        json!({}),
        json!({"empty": "object", "absent": "na", "captured_as_text": true}),
    ] {
        double.tell("settings", quirks);
        assert!(sdk.ask(&json!({"do": "links"}))["cancelled"].is_string());
        double.tell("reset", json!(null));
        double.tell("settings", json!({"sends_events": false}));
        let link = razorpay.create_link(&wish("sd-1")).await.expect("a link");
        double.tell("pay", json!({"id": link.id.as_str(), "outcome": "captured"}));
        let said = sdk.ask(&json!({"do": "payments", "link": link.id.as_str()}));
        let payment = PaymentId::parse(said["payment"].as_str().expect("an id")).expect("an id");
        assert_eq!(razorpay.refunds(&payment).await.expect("a list").len(), 2);
        double.tell("reset", json!(null));
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Python with the package razorpay"]
async fn w01_w08_the_providers_own_package_judges_signatures_as_we_do() {
    let (double, razorpay) = setup().await;
    let mut sdk = Sdk::start(&double);
    double.tell("webhook", json!({"url": "http://127.0.0.1:9/"}));
    let mut wish = wish("sd-1");
    wish.description = "Ein Monat für ₹100 / \"plus\"".to_owned();
    let link = razorpay.create_link(&wish).await.expect("a link");
    let said = double.tell("pay", json!({"id": link.id.as_str(), "outcome": "captured"}));
    let address = said["callback"].as_str().expect("an address");
    let query = address.split_once('?').expect("a query").1;
    let pairs: serde_json::Map<String, Value> = url::form_urlencoded::parse(query.as_bytes())
        .map(|(name, value)| (name.into_owned(), value.into()))
        .collect();
    let ours = |query: &serde_json::Map<String, Value>, link: &LinkId| {
        let mut text = url::form_urlencoded::Serializer::new(String::new());
        text.extend_pairs(
            query
                .iter()
                .map(|(name, value)| (name, value.as_str().expect("a text"))),
        );
        razorpay.is_signed(link, &LinkCallback::from_query(&text.finish()).expect("a callback"))
    };
    let mut judge = |query: &serde_json::Map<String, Value>, link: &LinkId| {
        let theirs = sdk.ask(&json!({"do": "callback", "query": query, "link": link.as_str()}))["taken"] == true;
        assert_eq!(theirs, ours(query, link), "{link}");
        theirs
    };
    assert!(judge(&pairs, &link.id));
    let other = LinkId::parse("plink_00000000000000").expect("an id");
    assert!(!judge(&pairs, &other));
    for name in [
        "razorpay_payment_id",
        "razorpay_payment_link_reference_id",
        "razorpay_payment_link_status",
        "razorpay_signature",
    ] {
        let mut changed = pairs.clone();
        let value = changed[name]
            .as_str()
            .expect("a text")
            .replace(['a', 'p', 's', '1'], "0");
        changed.insert(name.to_owned(), value.into());
        assert!(!judge(&changed, &link.id), "{name}");
    }

    let secrets = WebhookSecrets::new(WEBHOOK_SECRET, None).expect("secrets");
    let state = double.tell("state", json!(null));
    let deliveries = state["deliveries"].as_array().expect("a list");
    assert_eq!(deliveries.len(), 4);
    for delivery in deliveries {
        let (body, signature) = (
            delivery["body"].as_str().expect("a body"),
            delivery["signature"].as_str().expect("a signature"),
        );
        let mut wrong = signature.to_owned();
        wrong.replace_range(0..1, if signature.starts_with('0') { "1" } else { "0" });
        for (body, signature, secret) in [
            (body.to_owned(), signature, WEBHOOK_SECRET),
            (format!("{body}\n"), signature, WEBHOOK_SECRET),
            (
                body.replace("\\/", "/").replace("captured", "Captured"),
                signature,
                WEBHOOK_SECRET,
            ),
            (body.to_owned(), &wrong, WEBHOOK_SECRET),
            (body.to_owned(), signature, "another-secret-of-theirs"),
        ] {
            let asked = json!({"do": "webhook", "body": body, "signature": signature, "secret": secret});
            let theirs = sdk.ask(&asked)["taken"] == true;
            let expected = secrets.signed(body.as_bytes(), signature) && secret == WEBHOOK_SECRET;
            assert_eq!(theirs, expected, "{body}");
        }
    }
}
