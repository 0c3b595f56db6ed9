//! What the payment provider asks, over HTTP: its events, and browsers that come back from its page.

use std::time::Duration;

use futures::{StreamExt as _, stream};
use reqwest::{Method, StatusCode};
use sealdrop_api::ProblemType;
use sealdrop_test_support::razorpay::{KEY_SECRET, RazorpayDouble, TEST_KEY, WEBHOOK_SECRET};
use serde_json::{Value, json};

use crate::{
    auth::{Browser, SECRET, change, number},
    harness::{Result, Server, client, problem},
    life::Process,
    secrets::EVERYTHING,
};

const PATH: &str = "/webhooks/razorpay";
const CALLBACK: &str = "/payments/callback";
/// Puts a plan on sale.
const PLAN: &str =
    "INSERT INTO plans (name, storage_bytes, price, period_months, on_sale) VALUES ('plus', 100000000000, 10000, 1, 1)";
const PATIENCE: Duration = Duration::from_secs(60);
const NEW_SECRET: &str = "the-secret-that-came-after-it";

async fn setup(more: &[(&str, &str)]) -> Result<(RazorpayDouble, Server)> {
    let double = RazorpayDouble::start().await?;
    let mut settings = vec![
        ("RAZORPAY_KEY_ID", TEST_KEY),
        ("RAZORPAY_KEY_SECRET", KEY_SECRET),
        ("RAZORPAY_WEBHOOK_SECRET", WEBHOOK_SECRET),
        ("RAZORPAY_API_URL", &double.url),
    ];
    settings.retain(|(name, _)| !more.iter().any(|(other, _)| other == name));
    settings.extend_from_slice(more);
    let server = Server::start_with(&settings).await?;
    double.tell("webhook", json!({"url": format!("{}{PATH}", server.base)}));
    Ok((double, server))
}

/// An order of somebody else on the same account is paid, or not: two events or one.
fn events(double: &RazorpayDouble, outcome: &str) -> Result<Vec<Value>> {
    let before = deliveries(double).len();
    // A slash is written as `\/`: a body that is read and written again is another one.
    let body = json!({"amount": 10_000, "currency": "INR", "notes": {"of": "another / product"}});
    let order = double.ask("POST", "orders", &body)["id"]
        .as_str()
        .ok_or("an order")?
        .to_owned();
    double.tell("pay", json!({"id": order, "outcome": outcome}));
    Ok(deliveries(double).split_off(before))
}

fn deliveries(double: &RazorpayDouble) -> Vec<Value> {
    let state = double.tell("state", json!(null));
    state["deliveries"].as_array().cloned().unwrap_or_default()
}

fn text<'a>(event: &'a Value, name: &str) -> Result<&'a str> {
    Ok(event[name].as_str().ok_or("a text")?)
}

async fn post(server: &Server, body: &str, signature: &str, id: &str) -> Result<StatusCode> {
    let request = server
        .request(Method::POST, PATH)
        .header("x-razorpay-signature", signature);
    let request = request
        .header("x-razorpay-event-id", id)
        .header("content-type", "application/json");
    Ok(request.body(body.to_owned()).send().await?.status())
}

async fn rows(server: &Server) -> Result<i64> {
    number(server, "SELECT COUNT(*) FROM payment_events").await
}

#[tokio::test]
async fn w01_nothing_is_there_without_keys() -> Result {
    let server = Server::start().await?;
    for (method, path) in [(Method::POST, PATH), (Method::GET, CALLBACK)] {
        let refused = problem(server.request(method, path).send().await?).await?;
        assert_eq!(refused.kind, ProblemType::NotFound, "{path}");
    }
    server.stop().await;
    Ok(())
}

#[tokio::test]
async fn w01_w02_an_event_is_one_row_if_its_bytes_are_signed() -> Result {
    let (double, server) = setup(&[("SEALDROP_RATE_LIMITS", "off")]).await?;
    let event = &events(&double, "failed")?[0];
    let (body, signature, id) = (
        text(event, "body")?,
        text(event, "signature")?,
        text(event, "event_id")?,
    );
    let rewritten = serde_json::from_str::<Value>(body)?.to_string();
    for (body, signature) in [
        (format!("{body}\n"), signature.to_owned()),
        (body.replacen('1', "2", 1), signature.to_owned()),
        (rewritten, signature.to_owned()),
        (body.to_owned(), signature.replace(['0', '1', '2'], "3")),
        (body.to_owned(), String::new()),
        (String::new(), signature.to_owned()),
    ] {
        assert_eq!(post(&server, &body, &signature, id).await?, 400);
    }
    let twice = server
        .request(Method::POST, PATH)
        .header("x-razorpay-signature", signature);
    let twice = twice
        .header("x-razorpay-signature", signature)
        .body(body.to_owned())
        .send()
        .await?;
    assert_eq!(problem(twice).await?.kind, ProblemType::InvalidRequest);
    let long = server
        .request(Method::POST, PATH)
        .header("x-razorpay-signature", signature);
    let long = problem(long.body("x".repeat(300_000)).send().await?).await?;
    assert_eq!(long.kind, ProblemType::BodyTooLarge);
    assert_eq!(rows(&server).await?, 0);

    let copies = stream::iter(0..10).map(|_| post(&server, body, signature, id));
    let answers: Vec<Result<StatusCode>> = copies.buffer_unordered(10).collect().await;
    for answer in answers {
        assert_eq!(answer?, 200);
    }
    assert_eq!(rows(&server).await?, 1);
    // A sender that names a page as its origin, or other names of the address.
    let odd = server
        .request(Method::POST, PATH)
        .header("x-razorpay-signature", signature);
    let odd = odd
        .header("x-razorpay-event-id", id)
        .header("origin", "null")
        .body(body.to_owned())
        .send()
        .await?;
    assert_eq!(odd.status(), 200);
    let other = server
        .request(Method::POST, "/webhooks/razorpay/")
        .body(body.to_owned())
        .send()
        .await?;
    assert_eq!(other.status(), 404, "no redirect");
    server.stop().await;
    Ok(())
}

#[tokio::test]
async fn w14_both_secrets_are_good_while_one_replaces_the_other() -> Result {
    let changed = [
        ("RAZORPAY_WEBHOOK_SECRET", NEW_SECRET),
        ("RAZORPAY_WEBHOOK_SECRET_PREVIOUS", WEBHOOK_SECRET),
        ("SEALDROP_RATE_LIMITS", "off"),
    ];
    let (double, server) = setup(&changed).await?;
    let old = events(&double, "failed")?;
    double.tell("webhook", json!({"secret": NEW_SECRET}));
    let new = events(&double, "failed")?;
    for event in old.iter().chain(&new) {
        let status = post(
            &server,
            text(event, "body")?,
            text(event, "signature")?,
            text(event, "event_id")?,
        )
        .await?;
        assert_eq!(status, 200);
    }
    assert_eq!(rows(&server).await?, 2);
    double.tell("webhook", json!({"secret": "a-third-that-nobody-knows"}));
    for event in (0..3).map(|_| events(&double, "failed")) {
        let event = &event?[0];
        let status = post(
            &server,
            text(event, "body")?,
            text(event, "signature")?,
            text(event, "event_id")?,
        )
        .await?;
        assert_eq!(status, 400);
    }
    let said = server.get("/readyz").await?;
    assert_eq!(said.status(), 200);
    let said: Value = said.json().await?;
    assert!(
        said["payments"]
            .as_str()
            .is_some_and(|said| said.starts_with("3 events in a row")),
        "{said}"
    );
    server.stop().await;
    Ok(())
}

/// Report 9: what is signed passes our limits, what is not meets them.
#[tokio::test]
async fn w07_signed_events_pass_our_limits_and_unsigned_ones_meet_them() -> Result {
    let (double, server) = setup(&[]).await?;
    double.tell("settings", json!({"deliveries_at_once": 16}));
    let all: Vec<(String, String)> = events(&double, "failed")?
        .iter()
        .map(|event| Ok((text(event, "body")?.to_owned(), text(event, "signature")?.to_owned())))
        .collect::<Result<_>>()?;
    let (body, signature) = &all[0];
    let unsigned = stream::iter(0..500).map(|n| post(&server, "{}", signature, "unsigned").then_with(n));
    let unsigned: Vec<_> = unsigned.buffer_unordered(16).collect().await;
    let signed = stream::iter(0..500).map(|n| post(&server, body, signature, "signed").then_with(n));
    let signed: Vec<_> = signed.buffer_unordered(16).collect().await;
    let mut told_to_wait = 0;
    for (_, answer) in unsigned {
        let answer = answer?;
        assert!(answer == 400 || answer == 429, "{answer}");
        told_to_wait += u32::from(answer == 429);
    }
    assert_eq!(told_to_wait, 480);
    for (n, answer) in signed {
        assert_eq!(answer?, 200, "{n}");
    }
    assert_eq!(rows(&server).await?, 1, "one event, however often it comes");
    server.stop().await;
    Ok(())
}

trait ThenWith: Sized + Future {
    /// The answer, and which it is.
    fn then_with(self, n: usize) -> impl Future<Output = (usize, Self::Output)>;
}

impl<F: Future> ThenWith for F {
    async fn then_with(self, n: usize) -> (usize, F::Output) {
        (n, self.await)
    }
}

/// Report 7: whatever comes back, by whatever means, is led on to an address without ids and signature.
#[tokio::test]
async fn w18_a_callback_is_led_on_and_says_nothing() -> Result {
    let (_double, server) = setup(&[]).await?;
    let query = "razorpay_payment_id=pay_1&razorpay_payment_link_id=plink_1&razorpay_payment_link_reference_id=sd-1\
                 &razorpay_payment_link_status=paid&razorpay_signature=canary";
    for address in [
        CALLBACK.to_owned(),
        format!("{CALLBACK}?{query}"),
        format!("{CALLBACK}?{query}&{query}"),
    ] {
        for method in [Method::GET, Method::HEAD] {
            for prefetches in [false, true] {
                let mut request = server.request(method.clone(), &address);
                if prefetches {
                    request = request.header("sec-purpose", "prefetch;prerender");
                }
                let led = request.send().await?;
                assert_eq!(led.status(), 303, "{method} {address}");
                assert_eq!(
                    (&led.headers()["location"], &led.headers()["cache-control"]),
                    (&"/billing".parse()?, &"no-store".parse()?)
                );
                assert_eq!(led.headers()["referrer-policy"], "no-referrer");
                assert!(!format!("{:?}", led.headers()).contains("canary"));
            }
        }
    }
    server.stop().await;
    Ok(())
}

/// Waits until an order is as far as that.
async fn is_in(browser: &mut Browser<'_>, order: &str, state: &str) -> Result<Value> {
    let waiting = async {
        loop {
            let seen: Value = browser.get(&format!("/api/v1/orders/{order}")).await?.json().await?;
            if seen["state"] == state {
                return Ok(seen);
            }
        }
    };
    tokio::time::timeout(PATIENCE, waiting).await?
}

/// An order of a user, with its link at the provider.
async fn ordered(browser: &mut Browser<'_>, double: &RazorpayDouble) -> Result<(String, String)> {
    let made = browser.post("/api/v1/orders", json!({"plan": "plus"})).await?;
    assert_eq!(made.status(), 201, "{}", made.text().await?);
    let made: Value = made.json().await?;
    let order = text(&made, "order_id")?.to_owned();
    let seen = is_in(browser, &order, "open").await?;
    let state = double.tell("state", json!(null));
    let links = state["links"].as_array().ok_or("links")?;
    let link = links
        .iter()
        .find(|link| link["short_url"] == seen["pay_url"])
        .ok_or("a link")?;
    Ok((order, text(link, "id")?.to_owned()))
}

fn paid(double: &RazorpayDouble, link: &str) -> Result<String> {
    let said = double.tell("pay", json!({"id": link, "outcome": "captured"}));
    let address = text(&said, "callback")?;
    let query = address.split_once(&format!("{CALLBACK}?")).ok_or("our address")?.1;
    Ok(query.to_owned())
}

/// Reports 7 and 21: what is paid is granted once, whatever comes back and however often.
#[tokio::test]
async fn w08_w18_what_comes_back_leads_to_one_grant() -> Result {
    let settings = [("SEALDROP_AUTH_SECRET", SECRET), ("SEALDROP_RATE_LIMITS", "off")];
    let (double, server) = setup(&settings).await?;
    change(&server, PLAN).await?;
    let mut ann = Browser::of(&server);
    ann.sign_in("ann@x.test").await?;
    let mut ben = Browser::of(&server);
    ben.sign_in("ben@x.test").await?;
    let (order, link) = ordered(&mut ann, &double).await?;
    let (others, other_link) = ordered(&mut ben, &double).await?;
    let query = paid(&double, &link)?;
    // Somebody else's order, and ids that are not signed.
    let reference = |link: &str| -> Result<String> {
        let state = double.tell("state", json!(null));
        let found = state["links"]
            .as_array()
            .and_then(|links| links.iter().find(|one| one["id"] == link));
        Ok(text(found.ok_or("a link")?, "reference_id")?.to_owned())
    };
    let forged = query
        .replace(&link, &other_link)
        .replace(&reference(&link)?, &reference(&other_link)?);
    for forged in [
        forged,
        query.replace("status=paid", "status=created"),
        query.replace("pay_", "pay_0"),
    ] {
        let led = server.get(&format!("{CALLBACK}?{forged}")).await?;
        assert_eq!(
            (led.status(), &led.headers()["location"]),
            (StatusCode::SEE_OTHER, &"/billing".parse()?)
        );
    }
    let clean = format!("/billing?order={order}");
    for _ in 0..2 {
        // Without a session, as another browser of the same person.
        let led = server.get(&format!("{CALLBACK}?{query}")).await?;
        assert_eq!(
            (led.status(), led.headers()["location"].to_str()?),
            (StatusCode::SEE_OTHER, clean.as_str())
        );
    }
    is_in(&mut ann, &order, "granted").await?;
    assert_eq!(double.deliver().await, 4);
    for delivery in deliveries(&double) {
        assert_eq!(delivery["statuses"], json!([200]), "{delivery}");
    }
    let handled = async {
        while number(&server, "SELECT COUNT(*) FROM payment_events WHERE handled_at IS NULL").await? > 0 {}
        Ok::<_, Box<dyn std::error::Error>>(())
    };
    tokio::time::timeout(PATIENCE, handled).await??;
    assert_eq!(rows(&server).await?, 4);
    assert_eq!(
        number(&server, "SELECT COUNT(*) FROM ledger WHERE kind = 'grant'").await?,
        1
    );
    let seen: Value = ben.get(&format!("/api/v1/orders/{others}")).await?.json().await?;
    assert_eq!(seen["state"], "open");
    server.stop().await;
    Ok(())
}

#[tokio::test]
async fn w18_logs_hold_no_key_and_no_signature() -> Result {
    let double = RazorpayDouble::start().await?;
    let folder = tempfile::tempdir()?;
    let settings = [
        ("SEALDROP_LOG", EVERYTHING),
        ("RAZORPAY_KEY_ID", TEST_KEY),
        ("RAZORPAY_KEY_SECRET", KEY_SECRET),
        ("RAZORPAY_WEBHOOK_SECRET", WEBHOOK_SECRET),
        ("RAZORPAY_API_URL", &double.url),
    ];
    let process = Process::start(&folder.path().join("data"), &settings)?;
    let client = client()?;
    double.tell("webhook", json!({"url": format!("{}{PATH}", process.base)}));
    let body = json!({"amount": 10_000, "currency": "INR", "callback_url": process.base, "callback_method": "get"});
    let link = double.ask("POST", "payment_links", &body)["id"]
        .as_str()
        .ok_or("a link")?
        .to_owned();
    let said = double.tell("pay", json!({"id": link, "outcome": "captured"}));
    let query = text(&said, "callback")?.split_once('?').ok_or("a query")?.1.to_owned();
    let signature = query
        .split_once("razorpay_signature=")
        .ok_or("a signature")?
        .1
        .to_owned();
    let led = client.get(format!("{}{CALLBACK}?{query}", process.base)).send().await?;
    assert_eq!(led.status(), 303);
    assert_eq!(double.deliver().await, 4);
    let sent = deliveries(&double);
    let refused = client
        .post(format!("{}{PATH}", process.base))
        .header("x-razorpay-signature", "canary");
    assert_eq!(refused.body("canary").send().await?.status(), 400);
    let (status, said, logged) = process.end()?;
    assert!(
        status.success() && logged.contains(PATH) && logged.contains(CALLBACK),
        "{logged}"
    );
    let mut secrets = vec![KEY_SECRET, WEBHOOK_SECRET, &signature, "canary", "payer@example.test"];
    for delivery in &sent {
        assert_eq!(delivery["state"], "delivered");
        secrets.push(text(delivery, "signature")?);
    }
    for secret in secrets {
        assert!(!logged.contains(secret) && !said.contains(secret), "{secret}");
    }
    Ok(())
}
