//! Four reports of one payment in every order, each of them doubled and dropped in turn, while the steps of what follows fail: afterwards
//! what was paid and what was granted match one to one.

use std::collections::BTreeSet;

use sea_orm::Database;
use sealdrop_api::billing::Order;
use sealdrop_payments::EventId;
use sealdrop_test_support::invariants;
use serde_json::{Value, json};

use super::{Shop, url};
use crate::{
    auth::{
        Signed,
        tests::{Env, on_both_databases},
    },
    failpoint::{NAMES, failing_at},
};

on_both_databases!(w04_i5_reports_in_every_order_and_steps_that_fail_grant_once);

const EVENTS: [&str; 4] = [
    "payment.authorized",
    "payment.captured",
    "order.paid",
    "payment_link.paid",
];

/// What is done to one of the four.
#[derive(Debug, Clone, Copy)]
enum Fate {
    AsSent,
    Doubled(usize),
    Dropped(usize),
}

fn fates() -> Vec<Fate> {
    let each = |fate: fn(usize) -> Fate| (0..EVENTS.len()).map(fate);
    let mut all = vec![Fate::AsSent];
    all.extend(each(Fate::Doubled).chain(each(Fate::Dropped)));
    all
}

fn permutations(items: &[usize]) -> Vec<Vec<usize>> {
    if items.len() < 2 {
        return vec![items.to_vec()];
    }
    let with_first = |at: usize| {
        let mut rest = items.to_vec();
        let first = rest.remove(at);
        permutations(&rest).into_iter().map(move |mut tail| {
            tail.insert(0, first);
            tail
        })
    };
    (0..items.len()).flat_map(with_first).collect()
}

/// Places on the way of a payment.
fn places() -> Vec<&'static str> {
    let groups = ["order.", "invoice.", "hook.", "refund."];
    let all = NAMES.iter().copied();
    all.filter(|name| groups.iter().any(|group| name.starts_with(group)))
        .collect()
}

/// An event as the provider words it.
fn body(shop: &Shop, order: &Order, payment: &str, name: &str) -> Value {
    let link = shop
        .provider
        .links()
        .into_iter()
        .find(|link| link.url == url(order))
        .expect("a link");
    let order_id = link.order.as_ref().expect("it was paid").to_string();
    let reference = link.reference.as_ref().expect("ours").to_string();
    let mut payload = json!({"payment": {"entity": {
        "id": payment, "status": "captured", "captured": "1", "amount": 10_000, "currency": "INR", "notes": [], "order_id": order_id,
    }}});
    if name != "payment.authorized" && name != "payment.captured" {
        payload["order"] = json!({"entity": {"id": order_id}});
    }
    if name == "payment_link.paid" {
        payload["payment_link"] = json!({"entity": {
            "id": link.id.as_str(), "status": "paid", "amount": 10_000, "amount_paid": 10_000, "currency": "INR", "customer": [],
            "reference_id": reference, "short_url": link.url,
        }});
    }
    json!({"entity": "event", "account_id": "acc_BFQ7uQEaa7j2z7", "event": name, "payload": payload, "created_at": 1})
}

struct Case<'a> {
    n: usize,
    /// How often every place had its turn before: what else happens goes by it, so that it meets each place.
    round: usize,
    order: &'a [usize],
    fate: Fate,
}

impl Shop {
    /// Whoever is refused asks again, as a page does.
    async fn begin(&self, user: &Signed) -> Order {
        for _ in 0..3 {
            if let Ok(begun) = self.service.start_order(user, "plus").await {
                self.work().await;
                self.work().await;
                return self.service.get_order(user, begun.order_id).await.expect("the order");
            }
        }
        panic!("never begun");
    }

    /// The provider sends again what was not taken.
    async fn deliver(&self, id: &str, body: &Value) {
        let id = EventId::parse(id).expect("an id");
        let body = body.to_string();
        for _ in 0..3 {
            if self.service.take_payment_event(&id, body.as_bytes()).await.is_ok() {
                return;
            }
        }
        panic!("never taken");
    }

    async fn run(&self, user: &Signed, case: &Case<'_>) {
        if case.round.is_multiple_of(3) {
            let unwanted = self.begin(user).await;
            for _ in 0..2 {
                // Its answer may be lost; asking again changes nothing.
                let _ = self.service.cancel_order(user, unwanted.order_id).await;
                self.work().await;
            }
        }
        let order = self.begin(user).await;
        let payment = self.provider.pay(&url(&order), 0);
        if case.round.is_multiple_of(2) {
            self.provider.pay(&url(&order), 0);
        }
        for at in case.order {
            let name = EVENTS[*at];
            let times = match case.fate {
                Fate::Doubled(which) if which == *at => 2,
                Fate::Dropped(which) if which == *at => 0,
                _ => 1,
            };
            for _ in 0..times {
                self.deliver(&format!("event-{}-{at}", case.n), &body(self, &order, &payment, name))
                    .await;
                self.work().await;
            }
        }
        for _ in 0..2 {
            self.work().await;
            self.sql("UPDATE orders SET look_at = 1 WHERE look_at IS NOT NULL AND state <> 'cancelled'")
                .await;
            let _ = self.service.look_at_orders().await;
            self.sql("UPDATE refunds SET try_at = 1 WHERE state <> 'done'").await;
            let _ = self.service.pay_refunds().await;
        }
    }
}

async fn w04_i5_reports_in_every_order_and_steps_that_fail_grant_once(env: Env) {
    let shop = Shop::new(env).await;
    let ann = shop.user("ann").await;
    let (places, mut reached) = (places(), BTreeSet::new());
    let mut n = 0;
    for order in permutations(&[0, 1, 2, 3]) {
        for fate in fates() {
            let case = Case {
                n,
                round: n / places.len(),
                order: &order,
                fate,
            };
            let place = places[n % places.len()];
            let ((), was_there) = failing_at(place, 1, shop.run(&ann, &case)).await;
            if was_there {
                reached.insert(place);
            }
            n += 1;
            let granted = shop.entries("grant").await;
            assert_eq!(granted, i64::try_from(n).expect("few"), "{order:?} {fate:?} {place}");
        }
    }
    let missed: Vec<_> = places.iter().filter(|place| !reached.contains(*place)).collect();
    assert!(missed.is_empty(), "never passed: {missed:?}");
    assert_eq!(n, 216);
    let audit = shop.service.audit_payments(false).await.expect("compared");
    assert_eq!((audit.differences, audit.granted, audit.owed), (vec![], 216, 0));
    assert_eq!(audit.captured, 216 + 108, "each second one was paid twice");
    assert_eq!(shop.provider.refunds_made().len(), 108);
    let database = Database::connect(shop.env.config.database.url.clone())
        .await
        .expect("it opens");
    let wrong = invariants::wrong_payments(&database).await.expect("read");
    assert_eq!(wrong, Vec::<String>::new());
    // The invariant finds what is wrong.
    shop.sql("DELETE FROM entitlements WHERE order_id = (SELECT order_id FROM entitlements ORDER BY order_id LIMIT 1)")
        .await;
    let wrong = invariants::wrong_payments(&database).await.expect("read");
    assert!(
        wrong.len() == 1 && wrong[0].starts_with("a grant is not usable"),
        "{wrong:?}"
    );
}
