//! Beginning to buy, and being granted once.

use sealdrop_api::{OrderId, ProblemType, billing::OrderState};
use sealdrop_payments::{LinkStatus, Mode};

use super::{Shop, plus, provider::Trouble, url};
use crate::{
    auth::tests::{Env, on_both_databases, problem},
    billing::plans::NewPlan,
};

on_both_databases!(
    w09_the_price_is_the_servers_and_one_order_is_open,
    w10_a_link_whose_answer_was_lost_is_found_again,
    w03_w08_a_payment_is_granted_once_however_often_it_is_reported,
    w05_a_payment_that_nobody_reported_is_found,
    w08_a_fee_on_top_is_no_other_amount_and_a_short_payment_is,
    w08_an_order_is_its_users_alone,
    w08_orders_of_other_keys_are_closed,
    w16_a_changed_price_ends_the_old_link_first,
    nothing_is_sold_without_a_provider,
);

async fn w09_the_price_is_the_servers_and_one_order_is_open(env: Env) {
    let shop = Shop::new(env).await;
    let ann = shop.user("ann").await;
    let (one, two) = tokio::join!(
        shop.service.start_order(&ann, "plus"),
        shop.service.start_order(&ann, "plus")
    );
    let (one, two) = (one.expect("an order"), two.expect("an order"));
    assert_eq!((one.order_id, one.state), (two.order_id, OrderState::Preparing));
    shop.work().await;
    let open = shop.order(&ann).await;
    assert_eq!((open.order_id, open.state), (one.order_id, OrderState::Open));
    let links = shop.provider.links();
    assert_eq!(links.len(), 1);
    assert_eq!((links[0].amount.paise(), open.plan.price), (10_000, 10_000));
    assert!(
        links[0]
            .reference
            .as_ref()
            .is_some_and(|one| one.as_str().starts_with("sealdrop-"))
    );
    assert_eq!(
        problem(shop.service.start_order(&ann, "free").await),
        ProblemType::PlanNotFound
    );
    assert_eq!(shop.entries("order").await, 1);
}

async fn w10_a_link_whose_answer_was_lost_is_found_again(env: Env) {
    let shop = Shop::new(env).await;
    let ann = shop.user("ann").await;
    for trouble in [Trouble::AnswerLost, Trouble::Away] {
        shop.provider.trouble(&[trouble]);
        let order = shop.order(&ann).await;
        assert_eq!(order.state, OrderState::Preparing, "{trouble:?}");
    }
    let order = shop.order(&ann).await;
    assert_eq!(order.state, OrderState::Open);
    assert_eq!(shop.provider.links().len(), 1);
    assert_eq!(shop.provider.links()[0].url, url(&order));
}

async fn w03_w08_a_payment_is_granted_once_however_often_it_is_reported(env: Env) {
    let shop = Shop::new(env).await;
    let ann = shop.user("ann").await;
    let free = shop.quota(&ann).await;
    let order = shop.order(&ann).await;
    // What is not paid is not granted, whoever says so.
    shop.settle(order.order_id).await;
    assert_eq!((shop.entries("grant").await, shop.quota(&ann).await), (0, free));
    shop.provider.pay(&url(&order), 0);
    let settled = futures::future::join_all((0..10).map(|_| shop.service.settle_order(order.order_id.0))).await;
    assert!(settled.iter().all(Result::is_ok));
    let counts = (
        shop.entries("capture").await,
        shop.entries("grant").await,
        shop.number("SELECT COUNT(*) FROM invoices").await,
        shop.entries("refund-owed").await,
    );
    assert_eq!(counts, (1, 1, 1, 0));
    assert_eq!(shop.state(&ann, &order).await, OrderState::Granted);
    assert_eq!(shop.quota(&ann).await, 100_000_000_000);
    let limits = shop.service.limits_of(Some(&ann)).await.expect("read");
    assert_eq!(limits.max_link_bytes, 20_000_000_000);
    assert_eq!(
        problem(shop.service.cancel_order(&ann, order.order_id).await),
        ProblemType::OrderPaid
    );
}

async fn w05_a_payment_that_nobody_reported_is_found(env: Env) {
    let shop = Shop::new(env).await;
    let ann = shop.user("ann").await;
    let order = shop.order(&ann).await;
    shop.provider.pay(&url(&order), 0);
    shop.service.look_at_orders().await.expect("a pass");
    assert_eq!(shop.entries("grant").await, 0, "it is not time yet");
    let look = shop.number("SELECT look_at - created_at FROM orders").await;
    assert!(look <= 15 * 60_000);
    shop.sql("UPDATE orders SET look_at = 1").await;
    // The provider is away at first.
    shop.provider.trouble(&[Trouble::Away]);
    assert!(shop.service.look_at_orders().await.is_err());
    assert_eq!(shop.entries("grant").await, 0);
    shop.sql("UPDATE orders SET look_at = 1").await;
    shop.service.look_at_orders().await.expect("a pass");
    assert_eq!(shop.entries("grant").await, 1);
    assert_eq!(
        shop.number("SELECT COUNT(*) FROM orders WHERE look_at IS NOT NULL")
            .await,
        0
    );
}

async fn w08_a_fee_on_top_is_no_other_amount_and_a_short_payment_is(env: Env) {
    let shop = Shop::new(env).await;
    let (ann, bob) = (shop.user("ann").await, shop.user("bob").await);
    let order = shop.order(&ann).await;
    shop.provider.pay(&url(&order), 236);
    shop.settle(order.order_id).await;
    assert_eq!(shop.state(&ann, &order).await, OrderState::Granted);
    let captured = shop.number("SELECT amount FROM ledger WHERE kind = 'capture'").await;
    assert_eq!(captured, 10_236);
    assert_eq!(shop.number("SELECT total FROM invoices").await, 10_000);

    let short = shop.order(&bob).await;
    shop.provider.pay_with(&url(&short), 0, 1);
    shop.settle(short.order_id).await;
    assert_eq!(shop.state(&bob, &short).await, OrderState::Open);
    assert_eq!((shop.entries("capture").await, shop.entries("grant").await), (2, 1));
}

async fn w08_an_order_is_its_users_alone(env: Env) {
    let shop = Shop::new(env).await;
    let (ann, bob) = (shop.user("ann").await, shop.user("bob").await);
    let order = shop.buy(&ann).await;
    let invoice = shop
        .service
        .list_invoices(&ann)
        .await
        .expect("listed")
        .invoices
        .remove(0);
    assert_eq!(
        shop.service.get_invoice(&ann, invoice.invoice_id).await.expect("hers"),
        invoice
    );
    let refused = problem(shop.service.get_order(&bob, order.order_id).await);
    assert_eq!(refused, ProblemType::OrderNotFound);
    let refused = problem(shop.service.cancel_order(&bob, order.order_id).await);
    assert_eq!(refused, ProblemType::OrderNotFound);
    let refused = problem(shop.service.get_invoice(&bob, invoice.invoice_id).await);
    assert_eq!(refused, ProblemType::InvoiceNotFound);
    assert_eq!(
        problem(shop.service.get_order(&ann, OrderId([9; 16])).await),
        ProblemType::OrderNotFound
    );
    let lists = shop.service.list_orders(&bob).await.expect("listed");
    assert_eq!((lists.orders.len(), lists.entitlements.len()), (0, 0));
    assert_eq!(shop.service.list_invoices(&bob).await.expect("listed").invoices, []);
}

async fn w08_orders_of_other_keys_are_closed(env: Env) {
    let shop = Shop::new(env).await;
    let ann = shop.user("ann").await;
    let order = shop.order(&ann).await;
    shop.provider.pay(&url(&order), 0);
    *shop.provider.mode.lock().expect("nobody panicked") = Mode::Live;
    shop.settle(order.order_id).await;
    assert_eq!(shop.state(&ann, &order).await, OrderState::Expired);
    assert_eq!(shop.entries("grant").await, 0);
    assert_eq!(
        shop.number("SELECT COUNT(*) FROM orders WHERE look_at IS NOT NULL")
            .await,
        0
    );
}

async fn w16_a_changed_price_ends_the_old_link_first(env: Env) {
    let shop = Shop::new(env).await;
    let (ann, bob) = (shop.user("ann").await, shop.user("bob").await);
    let (old, paid) = (shop.order(&ann).await, shop.order(&bob).await);
    shop.provider.pay(&url(&paid), 0);
    shop.sell(&NewPlan { price: 3_000, ..plus() }).await;
    let new = shop.order(&ann).await;
    assert_ne!(new.order_id, old.order_id);
    assert_eq!((new.plan.price, new.state), (3_000, OrderState::Open));
    assert_eq!(shop.state(&ann, &old).await, OrderState::Cancelled);
    let links = shop.provider.links();
    assert_eq!((links.len(), links[0].status), (3, LinkStatus::Cancelled));

    // Bob has paid by the old link: that one holds as it was sold, and no second is asked for.
    let second = shop.order(&bob).await;
    assert_eq!(second.state, OrderState::Cancelled);
    assert_eq!(shop.state(&bob, &paid).await, OrderState::Granted);
    assert_eq!(shop.provider.links().len(), 3);
    assert_eq!(shop.number("SELECT total FROM invoices").await, 10_000);

    // What is off sale is not begun; who has it keeps it.
    shop.plans
        .remove("plus", &crate::audit::Operator::unknown())
        .await
        .expect("removed");
    assert_eq!(
        problem(shop.service.start_order(&bob, "plus").await),
        ProblemType::PlanNotFound
    );
    assert_eq!(shop.quota(&bob).await, 100_000_000_000);
}

async fn nothing_is_sold_without_a_provider(env: Env) {
    let shop = Shop::new(env).await;
    let ann = shop.user("ann").await;
    assert_eq!(shop.service.list_plans().await.expect("listed").plans.len(), 1);
    let without = &shop.env.service;
    assert_eq!(without.list_plans().await.expect("listed").plans, []);
    assert_eq!(problem(without.start_order(&ann, "plus").await), ProblemType::NotFound);
    without.look_at_orders().await.expect("nothing to do");
    without.pay_refunds().await.expect("nothing to do");
}
