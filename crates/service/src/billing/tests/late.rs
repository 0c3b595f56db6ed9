//! Payments that come early, late, twice or for nobody.

use sealdrop_api::billing::OrderState;
use sealdrop_payments::LinkStatus;

use super::{Shop, url};
use crate::auth::tests::{Env, on_both_databases};

on_both_databases!(
    w11_a_second_payment_is_given_back_once,
    w04_a_payment_that_comes_late_is_granted_or_given_back,
    paying_early_adds_to_the_end_and_cancelling_keeps_it,
    a_closed_account_gets_its_money_back,
    what_is_over_leaves_what_is_kept_alone,
);

async fn w11_a_second_payment_is_given_back_once(env: Env) {
    let shop = Shop::new(env).await;
    let ann = shop.user("ann").await;
    let order = shop.order(&ann).await;
    let first = shop.provider.pay(&url(&order), 0);
    let second = shop.provider.pay(&url(&order), 0);
    for _ in 0..3 {
        shop.settle(order.order_id).await;
        shop.service.pay_refunds().await.expect("a pass");
    }
    let refunds = shop.provider.refunds_made();
    assert_eq!((refunds.len(), refunds[0].payment.as_str()), (1, &*second));
    assert_ne!(first, second);
    assert_eq!(shop.state(&ann, &order).await, OrderState::Granted);
    let counts = (
        shop.entries("capture").await,
        shop.entries("grant").await,
        shop.entries("refund-owed").await,
        shop.entries("refund-done").await,
        shop.entries("credit-note").await,
    );
    assert_eq!(counts, (2, 1, 1, 1, 0), "what was never invoiced has no credit note");
}

async fn w04_a_payment_that_comes_late_is_granted_or_given_back(env: Env) {
    let shop = Shop::new(env).await;
    let (ann, bob) = (shop.user("ann").await, shop.user("bob").await);
    let expire = async || {
        shop.sql(
            "UPDATE orders SET expires_at = created_at + 1, look_at = NULL, state = 'expired' WHERE state = 'open'",
        )
        .await
    };
    // Nobody else met the wish: two days late is paid all the same.
    let late = shop.order(&ann).await;
    expire().await;
    shop.provider.pay(&url(&late), 0);
    shop.settle(late.order_id).await;
    assert_eq!(shop.state(&ann, &late).await, OrderState::Granted);

    // Between the order and its payment another one was paid.
    let late = shop.order(&bob).await;
    expire().await;
    let second = shop.buy(&bob).await;
    assert_eq!(second.state, OrderState::Granted);
    shop.provider.pay(&url(&late), 0);
    for _ in 0..2 {
        shop.settle(late.order_id).await;
    }
    assert_eq!(shop.state(&bob, &late).await, OrderState::Refunding);
    shop.service.pay_refunds().await.expect("a pass");
    shop.service.pay_refunds().await.expect("a pass");
    assert_eq!(shop.state(&bob, &late).await, OrderState::Refunded);
    assert_eq!(shop.state(&bob, &second).await, OrderState::Granted);
    assert_eq!(shop.provider.refunds_made().len(), 1);
    assert_eq!((shop.entries("grant").await, shop.entries("refund-done").await), (2, 1));
}

async fn paying_early_adds_to_the_end_and_cancelling_keeps_it(env: Env) {
    let shop = Shop::new(env).await;
    let ann = shop.user("ann").await;
    shop.buy(&ann).await;
    let month = shop.days(&ann).await;
    assert!((28..=31).contains(&month), "{month}");
    shop.buy(&ann).await;
    let two = shop.days(&ann).await;
    assert!((59..=62).contains(&two), "{two}");
    let open = shop.order(&ann).await;
    shop.service.cancel_plan(&ann, "plus").await.expect("cancelled");
    shop.work().await;
    assert_eq!(shop.state(&ann, &open).await, OrderState::Cancelled);
    let links = shop.provider.links();
    assert_eq!(links.last().map(|link| link.status), Some(LinkStatus::Cancelled));
    assert_eq!(shop.days(&ann).await, two);
    assert_eq!(shop.quota(&ann).await, 100_000_000_000);
    let held = shop.service.list_orders(&ann).await.expect("listed").entitlements;
    assert!(held[0].is_cancelled);
    // Buying again takes the plan up again.
    shop.buy(&ann).await;
    let held = shop.service.list_orders(&ann).await.expect("listed").entitlements;
    assert!(!held[0].is_cancelled);
}

async fn a_closed_account_gets_its_money_back(env: Env) {
    let shop = Shop::new(env).await;
    let ann = shop.user("ann").await;
    let order = shop.order(&ann).await;
    let paid = url(&order);
    let users = crate::auth::UserAdmin::open(&shop.env.config.database)
        .await
        .expect("it opens");
    let key = "ann@x.test".parse().expect("an address");
    users
        .close(&key, &crate::audit::Operator::unknown())
        .await
        .expect("closed");
    assert_eq!(
        shop.number("SELECT COUNT(*) FROM orders WHERE state = 'cancelling'")
            .await,
        1
    );
    shop.provider.pay(&paid, 0);
    shop.work().await;
    shop.service.pay_refunds().await.expect("a pass");
    assert_eq!((shop.entries("grant").await, shop.entries("refund-done").await), (0, 1));
    assert_eq!(shop.provider.refunds_made().len(), 1);
}

async fn what_is_over_leaves_what_is_kept_alone(env: Env) {
    let shop = Shop::new(env).await;
    let ann = shop.user("ann").await;
    let free = shop.quota(&ann).await;
    shop.buy(&ann).await;
    shop.sql(&format!("UPDATE users SET used_bytes = {}", free * 2)).await;
    let fits = async |more: u64| {
        let tx = shop.service.inner.store.write().await.expect("a transaction");
        crate::plans::check_space(&tx, ann.user_id(), more).await.is_ok()
    };
    assert!(fits(1).await);
    shop.sql("UPDATE entitlements SET starts_at = starts_at - 9999999999, ends_at = starts_at - 1")
        .await;
    // Read-only: nothing more goes in, and what is there counts as it did.
    assert!(!fits(1).await);
    let account = shop.service.get_account(&ann).await.expect("a user");
    assert_eq!(
        (&*account.plan, account.quota_bytes, account.used_bytes),
        ("free", free, free * 2)
    );
}
