//! What comes in: the same event twice, events of others, and browsers that come back.

use sealdrop_api::{ProblemType, billing::OrderState};
use sealdrop_payments::{EventId, LinkCallback};
use serde_json::json;

use super::{Shop, url};
use crate::auth::tests::{Env, on_both_databases, problem};

on_both_databases!(
    w02_the_same_event_is_taken_once,
    events_of_others_are_left_and_those_of_a_missing_order_are_tried_again,
    w06_a_webhook_that_says_nothing_is_named_while_payments_come,
    w18_a_browser_that_comes_back_grants_nothing_by_itself,
);

fn link_event(reference: &str, link: &str) -> Vec<u8> {
    let entity = json!({"id": link, "status": "paid", "amount": 10_000, "amount_paid": 10_000, "currency": "INR",
        "reference_id": reference, "short_url": "https://pay.test/x"});
    let event =
        json!({"entity": "event", "event": "payment_link.paid", "payload": {"payment_link": {"entity": entity}}});
    event.to_string().into_bytes()
}

fn id(text: &str) -> EventId {
    EventId::parse(text).expect("an id")
}

async fn outcome(shop: &Shop, outcome: &str) -> i64 {
    shop.number(&format!(
        "SELECT COUNT(*) FROM payment_events WHERE outcome = '{outcome}'"
    ))
    .await
}

async fn w02_the_same_event_is_taken_once(env: Env) {
    let shop = Shop::new(env).await;
    let ann = shop.user("ann").await;
    let order = shop.order(&ann).await;
    shop.provider.pay(&url(&order), 0);
    let link = shop.provider.links().remove(0);
    let body = link_event(link.reference.as_ref().expect("ours").as_str(), link.id.as_str());
    let event = id("event-1");
    let taken = futures::future::join_all((0..10).map(|_| shop.service.take_payment_event(&event, &body))).await;
    assert!(taken.iter().all(Result::is_ok));
    assert_eq!(shop.number("SELECT COUNT(*) FROM payment_events").await, 1);
    assert_eq!(
        shop.number("SELECT COUNT(*) FROM jobs WHERE kind = 'handle_payment_event'")
            .await,
        1
    );
    shop.work().await;
    assert_eq!(shop.state(&ann, &order).await, OrderState::Granted);
    // Days later it comes again.
    shop.service.take_payment_event(&event, &body).await.expect("taken");
    shop.work().await;
    assert_eq!((outcome(&shop, "settled").await, shop.entries("grant").await), (1, 1));
    let large = vec![b' '; (256 << 10) + 1];
    let refused = shop.service.take_payment_event(&id("event-2"), &large).await;
    assert_eq!(problem(refused), ProblemType::BodyTooLarge);
}

async fn events_of_others_are_left_and_those_of_a_missing_order_are_tried_again(env: Env) {
    let shop = Shop::new(env).await;
    let take = async |name: &str, body: &[u8]| shop.service.take_payment_event(&id(name), body).await.expect("taken");
    take("of-others", &link_event("another-product-7", "plink_00000000000099")).await;
    take("no-json", b"{").await;
    take("of-nothing", br#"{"event": "invoice.paid", "payload": {}}"#).await;
    shop.work().await;
    assert_eq!(
        (outcome(&shop, "not ours").await, outcome(&shop, "unreadable").await),
        (2, 1)
    );
    // With our prefix, and the provider does not show it to our keys.
    take("of-other-keys", &link_event("sealdrop-0123", "plink_00000000000098")).await;
    shop.work().await;
    assert_eq!(outcome(&shop, "of other keys").await, 1);
    // Its order is being written at this moment, or was lost with a database.
    let ann = shop.user("ann").await;
    let order = shop.order(&ann).await;
    shop.provider.pay(&url(&order), 0);
    let link = shop.provider.links().remove(0);
    let (reference, link) = (link.reference.expect("ours").to_string(), link.id.to_string());
    shop.sql("UPDATE orders SET reference = 'gone', link_id = NULL").await;
    take("of-ours", &link_event(&reference, &link)).await;
    shop.work().await;
    let waiting = "SELECT COUNT(*) FROM payment_events WHERE handled_at IS NULL";
    assert_eq!((shop.number(waiting).await, shop.entries("grant").await), (1, 0));
    shop.sql(&format!("UPDATE orders SET reference = '{reference}'")).await;
    shop.work().await;
    assert_eq!(shop.number(waiting).await, 0);
    assert_eq!(shop.state(&ann, &order).await, OrderState::Granted);
}

async fn w06_a_webhook_that_says_nothing_is_named_while_payments_come(env: Env) {
    let shop = Shop::new(env).await;
    let ann = shop.user("ann").await;
    let state = async || shop.service.webhook_state().await.expect("asked");
    assert_eq!(state().await, Ok(()), "nothing was paid");
    shop.buy(&ann).await;
    assert_eq!(state().await, Ok(()), "the event may still come");
    let ago = async |hours: i64| shop.age_captures(hours * 3_600_000).await;
    ago(7).await;
    let why = state().await.expect_err("no event came for seven hours");
    assert!(why.contains("webhook"), "{why}");
    assert_eq!(shop.service.readiness().await.webhook, Err(why));
    // One that is not of this payment shows as well that events arrive.
    shop.service.take_payment_event(&id("any"), b"{}").await.expect("taken");
    assert_eq!(state().await, Ok(()));
    shop.sql("UPDATE payment_events SET received_at = received_at - 9 * 3600000")
        .await;
    assert!(state().await.is_err(), "it came long before the payment");
    ago(24 * 7).await;
    assert_eq!(state().await, Ok(()), "events of so long ago may be forgotten");
}

async fn w18_a_browser_that_comes_back_grants_nothing_by_itself(env: Env) {
    let shop = Shop::new(env).await;
    let (ann, bob) = (shop.user("ann").await, shop.user("bob").await);
    let (order, other) = (shop.order(&ann).await, shop.order(&bob).await);
    let link = shop.provider.links().remove(0);
    let callback = LinkCallback {
        payment: "pay_00000000000001".to_owned(),
        link: link.id.to_string(),
        reference: link.reference.as_ref().expect("ours").to_string(),
        status: "paid".to_owned(),
        signature: "good".to_owned(),
    };
    let forged = LinkCallback {
        signature: "forged".to_owned(),
        ..callback.clone()
    };
    let refused = problem(shop.service.note_payment_callback(&forged).await);
    assert_eq!(refused, ProblemType::InvalidRequest);
    let of_bobs = LinkCallback {
        link: shop.provider.links()[1].id.to_string(),
        ..callback.clone()
    };
    let refused = problem(shop.service.note_payment_callback(&of_bobs).await);
    assert_eq!(refused, ProblemType::OrderNotFound);
    // Signed, and the provider says that nothing was paid.
    for _ in 0..2 {
        let noted = shop.service.note_payment_callback(&callback).await.expect("noted");
        assert_eq!(noted, order.order_id);
    }
    shop.work().await;
    assert_eq!(shop.entries("grant").await, 0);
    shop.provider.pay(&url(&order), 0);
    shop.service.note_payment_callback(&callback).await.expect("noted");
    shop.work().await;
    assert_eq!(shop.state(&ann, &order).await, OrderState::Granted);
    assert_eq!(shop.state(&bob, &other).await, OrderState::Open);
}
