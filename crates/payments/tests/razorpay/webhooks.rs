//! Events as they arrive, and the callback of a browser.

use sealdrop_payments::{EventId, LinkCallback, LinkId, PaymentProvider as _, WebhookEvent, WebhookSecrets};
use sealdrop_test_support::razorpay::WEBHOOK_SECRET;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
};

use crate::{paid, setup, wish};

fn deliveries(double: &sealdrop_test_support::razorpay::RazorpayDouble) -> Vec<Value> {
    double.tell("state", json!(null))["deliveries"]
        .as_array()
        .expect("a list")
        .clone()
}

fn names(deliveries: &[Value]) -> Vec<&str> {
    deliveries
        .iter()
        .filter_map(|delivery| delivery["event"].as_str())
        .collect()
}

/// Answers each request on a port with a status, in turn; the last one for good.
async fn receiver(statuses: &'static [u16]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!(
        "http://{}/webhooks/razorpay",
        listener.local_addr().expect("an address")
    );
    tokio::spawn(async move {
        let mut turn = 0;
        while let Ok((mut stream, _)) = listener.accept().await {
            let status = statuses[turn.min(statuses.len() - 1)];
            turn += 1;
            let mut buffer = vec![0; 64 << 10];
            let _ = stream.read(&mut buffer).await;
            let answer =
                format!("HTTP/1.1 {status} x\r\nlocation: /\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
            let _ = stream.write_all(answer.as_bytes()).await;
        }
    });
    url
}

#[tokio::test]
async fn w01_w14_events_are_signed_and_secrets_may_change() {
    let (double, razorpay) = setup().await;
    double.tell("webhook", json!({"url": "http://127.0.0.1:9/"}));
    double.tell("plans", json!({"event": "order.paid", "bad_signature": true}));
    double.tell("plans", json!({"event": "payment.authorized", "copies": 2}));
    double.tell("plans", json!({"event": "payment.captured", "drop": true}));
    let (link, payment) = paid(&double, &razorpay, "sd-1").await;
    let events = deliveries(&double);
    let expected = [
        "payment.authorized",
        "payment.authorized",
        "payment.authorized",
        "order.paid",
        "payment_link.paid",
    ];
    assert_eq!(names(&events), expected);
    assert_eq!(events[0]["event_id"], events[2]["event_id"]);
    let secrets = WebhookSecrets::new(WEBHOOK_SECRET, None).expect("secrets");
    let text = |event: &Value, name: &str| event[name].as_str().expect("a text").to_owned();
    let signed = |secrets: &WebhookSecrets, event: &Value| {
        secrets.signed(text(event, "body").as_bytes(), &text(event, "signature"))
    };
    assert!(signed(&secrets, &events[0]) && !signed(&secrets, &events[3]) && signed(&secrets, &events[4]));
    // Read and written again it is another body: the signature is over bytes.
    let body = text(&events[4], "body");
    let rewritten = serde_json::from_str::<Value>(&body).expect("JSON").to_string();
    assert!(!secrets.signed(rewritten.as_bytes(), &text(&events[4], "signature")));
    assert!(!secrets.signed(format!("{body}\n").as_bytes(), &text(&events[4], "signature")));
    let event = WebhookEvent::parse(body.as_bytes()).expect("an event");
    assert!(EventId::parse(&text(&events[4], "event_id")).is_some());
    assert_eq!(
        (event.link.map(|link| link.id), event.payment.map(|payment| payment.id)),
        (Some(link.id), Some(payment))
    );
    assert_eq!(event.order, link.order);

    double.tell("webhook", json!({"secret": "another-secret-of-ours"}));
    double.tell("plans", json!({"event": "*", "old_secret": true}));
    paid(&double, &razorpay, "sd-2").await;
    let events = deliveries(&double);
    let both = WebhookSecrets::new("another-secret-of-ours", Some(WEBHOOK_SECRET)).expect("secrets");
    let new = WebhookSecrets::new("another-secret-of-ours", None).expect("secrets");
    assert!(signed(&both, &events[4]) && signed(&both, &events[5]) && signed(&both, &events[6]));
    assert!(!signed(&new, &events[5]) && signed(&new, &events[6]));
}

/// Report 9: anything but 2xx is repeated for a day, then the webhook is off.
#[tokio::test]
async fn w06_w07_what_is_refused_is_sent_again_for_a_day() {
    let (double, razorpay) = setup().await;
    let url = receiver(&[302, 500, 200]).await;
    double.tell("webhook", json!({"url": url}));
    razorpay.create_link(&wish("sd-1")).await.expect("a link");
    let link = double.tell("state", json!(null))["links"][0]["id"].clone();
    double.tell("pay", json!({"id": link, "outcome": "failed"}));
    assert_eq!(double.deliver().await, 1);
    for ahead in [60, 120] {
        assert_eq!(double.deliver().await, 0, "not yet");
        double.tell("clock", json!({"ahead": ahead}));
        assert_eq!(double.deliver().await, 1);
    }
    let events = deliveries(&double);
    assert_eq!(
        (&events[0]["state"], &events[0]["statuses"]),
        (&json!("delivered"), &json!([302, 500, 200]))
    );

    let url = receiver(&[404]).await;
    double.tell("webhook", json!({"url": url}));
    double.tell("pay", json!({"id": link, "outcome": "failed"}));
    let mut hours = 0;
    while double.tell("state", json!(null))["webhook"]["off"] == false {
        double.deliver().await;
        double.tell("clock", json!({"ahead": 3600}));
        hours += 1;
        assert!(hours < 48, "it is never switched off");
    }
    assert!((10..=25).contains(&hours), "{hours}");
    assert_eq!(deliveries(&double)[1]["state"], "given-up");
}

#[tokio::test]
async fn w04_events_that_were_held_go_in_any_order() {
    let (double, razorpay) = setup().await;
    let url = receiver(&[200]).await;
    double.tell("webhook", json!({"url": url}));
    double.tell("hold", json!(null));
    paid(&double, &razorpay, "sd-1").await;
    assert_eq!(double.deliver().await, 0);
    double.tell("release", json!({"order": [3, 1, 0, 2]}));
    assert_eq!(double.deliver().await, 4);
    let events = deliveries(&double);
    assert_eq!(
        names(&events),
        [
            "payment_link.paid",
            "payment.captured",
            "payment.authorized",
            "order.paid"
        ]
    );
    double.tell("replay", json!({"event_id": events[0]["event_id"]}));
    assert_eq!(double.deliver().await, 1);
}

#[tokio::test]
async fn w08_a_callback_is_good_for_its_own_link_only() {
    let (double, razorpay) = setup().await;
    let mut pairs = Vec::new();
    for reference in ["sd-1", "sd-2"] {
        let link = razorpay.create_link(&wish(reference)).await.expect("a link");
        let said = double.tell("pay", json!({"id": link.id.as_str(), "outcome": "captured"}));
        let address = said["callback"].as_str().expect("an address").to_owned();
        let query = address.split_once('?').expect("a query").1.to_owned();
        pairs.push((link.id, LinkCallback::from_query(&query).expect("a callback")));
    }
    for (place, (link, callback)) in pairs.iter().enumerate() {
        assert!(razorpay.is_signed(link, callback));
        let (other, _) = &pairs[1 - place];
        assert!(!razorpay.is_signed(other, callback), "swapped");
        for changed in [
            LinkCallback {
                payment: "pay_00000000000000".to_owned(),
                ..callback.clone()
            },
            LinkCallback {
                reference: "sd-3".to_owned(),
                ..callback.clone()
            },
            LinkCallback {
                status: "created".to_owned(),
                ..callback.clone()
            },
            LinkCallback {
                signature: String::new(),
                ..callback.clone()
            },
        ] {
            assert!(!razorpay.is_signed(link, &changed), "{changed:?}");
        }
        // What the address says is the link's id decides nothing.
        let other = LinkCallback {
            link: "plink_00000000000000".to_owned(),
            ..callback.clone()
        };
        assert!(razorpay.is_signed(link, &other));
    }
    assert!(LinkId::parse("plink_00000000000000").is_some());
}

/// Report 6: only a payment calls back; the page works without a script.
#[tokio::test]
async fn w17_the_hosted_page_calls_back_after_a_payment_only() {
    let (_double, razorpay) = setup().await;
    let link = razorpay.create_link(&wish("sd-1")).await.expect("a link");
    let client = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .expect("a client");
    let page = client.get(&link.url).send().await.expect("a page");
    let page = page.text().await.expect("text");
    assert!(
        page.contains("No money moves.") && page.contains("₹100.00") && !page.contains("<script"),
        "{page}"
    );
    for button in ["fail", "close", "late"] {
        let said = client
            .post(format!("{}/{button}", link.url))
            .send()
            .await
            .expect("a page");
        assert_eq!(said.status(), 200, "{button}");
    }
    let said = client
        .post(format!("{}/pay", link.url))
        .send()
        .await
        .expect("an answer");
    assert_eq!(said.status(), 303);
    let address = said.headers()["location"].to_str().expect("text").to_owned();
    let query = address.strip_prefix("http://127.0.0.1:3000/back?").expect("ours");
    assert!(razorpay.is_signed(&link.id, &LinkCallback::from_query(query).expect("a callback")));
    let again = client.post(format!("{}/pay", link.url)).send().await.expect("a page");
    assert!(
        again
            .text()
            .await
            .expect("text")
            .contains("Nothing was paid: the link is paid.")
    );
}
