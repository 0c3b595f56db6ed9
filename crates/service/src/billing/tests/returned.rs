//! What is given back: owed until it is done, and counted once.

use sealdrop_api::billing::OrderState;
use sealdrop_payments::{Dispute, DisputeId, DisputeStatus, Money, PaymentId, RefundStatus};

use super::{Shop, provider::Trouble, url};
use crate::{
    audit::Operator,
    auth::tests::{Env, on_both_databases},
    billing::{
        orders::row::{self, hex},
        refunds::{RefundAdmin, RefundChange},
    },
};

on_both_databases!(
    w12_a_part_that_is_given_back_ends_nothing,
    w12_what_is_owed_is_tried_until_it_is_done,
    w12_a_refund_that_failed_is_owed_again,
    w12_nothing_is_given_back_while_a_dispute_is_open,
    w12_a_lost_dispute_is_a_full_refund,
);

async fn admin(shop: &Shop) -> RefundAdmin {
    RefundAdmin::open(&shop.env.config.database).await.expect("it opens")
}

async fn w12_a_part_that_is_given_back_ends_nothing(env: Env) {
    let shop = Shop::new(env).await;
    let ann = shop.user("ann").await;
    let order = shop.order(&ann).await;
    let payment = shop.provider.pay(&url(&order), 236);
    shop.settle(order.order_id).await;
    shop.provider.give_back(&payment, 1_000);
    for _ in 0..2 {
        shop.settle(order.order_id).await;
    }
    assert_eq!(shop.state(&ann, &order).await, OrderState::Granted);
    assert_eq!(shop.quota(&ann).await, 100_000_000_000);
    shop.provider.give_back(&payment, 9_000);
    for _ in 0..2 {
        shop.settle(order.order_id).await;
    }
    assert_eq!(shop.state(&ann, &order).await, OrderState::Refunded);
    assert_ne!(shop.quota(&ann).await, 100_000_000_000);
    let counts = (shop.entries("refund-done").await, shop.entries("credit-note").await);
    assert_eq!(counts, (2, 2));
    let papers = shop.service.list_invoices(&ann).await.expect("listed").invoices;
    let notes: Vec<_> = papers.iter().filter(|one| one.of_invoice.is_some()).collect();
    assert_eq!(notes.iter().map(|note| note.total).sum::<u64>(), 10_000);
    assert!(
        papers
            .iter()
            .all(|one| one.base + one.cgst + one.sgst + one.igst == one.total)
    );
    assert!(notes.iter().all(|note| note.number.starts_with("CRN/")));
}

async fn w12_what_is_owed_is_tried_until_it_is_done(env: Env) {
    let shop = Shop::new(env).await;
    let ann = shop.user("ann").await;
    let order = shop.buy(&ann).await;
    let (admin, operator) = (admin(&shop).await, Operator::named("bob"));
    let id = hex(order.order_id.0);
    let refused = admin.refund(&id, Some(10_001), &operator).await.expect("asked");
    assert_eq!(refused, RefundChange::TooMuch(10_000));
    let owed = admin.refund(&id, None, &operator).await.expect("asked");
    assert_eq!(owed, RefundChange::Owed(10_000));
    let again = admin.refund(&id, None, &operator).await.expect("asked");
    assert_eq!(again, RefundChange::TooMuch(0));
    assert_eq!(
        shop.number("SELECT COUNT(*) FROM audit WHERE action = 'order-refund'")
            .await,
        1
    );
    for day in 0..30 {
        shop.provider.trouble(&[Trouble::BalanceTooLow]);
        shop.service.pay_refunds().await.expect("a pass");
        let wait = shop.number("SELECT MAX(try_at) - MAX(made_at) FROM refunds").await;
        assert!(wait > 0 && wait <= 25 * 3_600_000, "day {day}: {wait}");
        assert_eq!(shop.entries("refund-done").await, 0);
        shop.sql("UPDATE refunds SET try_at = 1").await;
    }
    // It arrives, and the answer is lost; it is asked for again with the same key.
    shop.provider.trouble(&[Trouble::AnswerLost]);
    shop.service.pay_refunds().await.expect("a pass");
    shop.sql("UPDATE refunds SET try_at = 1 WHERE state <> 'done'").await;
    shop.service.pay_refunds().await.expect("a pass");
    assert_eq!(shop.provider.refunds_made().len(), 1);
    let keys = shop.provider.refund_keys();
    assert!(
        keys.len() == 32 && keys.windows(2).all(|pair| pair[0] == pair[1]),
        "{keys:?}"
    );
    assert_eq!(shop.entries("refund-done").await, 1);
    let told = "SELECT COUNT(*) FROM mails WHERE reason = 'payment-returned' AND payload LIKE '%100.00 INR%'";
    assert_eq!(shop.number(told).await, 1);
    assert_eq!(shop.state(&ann, &order).await, OrderState::Refunded);
}

async fn w12_a_refund_that_failed_is_owed_again(env: Env) {
    let shop = Shop::new(env).await;
    let ann = shop.user("ann").await;
    let order = shop.buy(&ann).await;
    let owed = admin(&shop)
        .await
        .refund(&hex(order.order_id.0), Some(4_000), &Operator::unknown())
        .await;
    assert_eq!(owed.expect("asked"), RefundChange::Owed(4_000));
    shop.provider.keep_refunds_pending();
    shop.service.pay_refunds().await.expect("a pass");
    assert_eq!(
        shop.number("SELECT COUNT(*) FROM refunds WHERE state = 'sent'").await,
        1
    );
    shop.provider.end_refunds(RefundStatus::Failed);
    for _ in 0..2 {
        shop.sql("UPDATE refunds SET try_at = 1").await;
        shop.service.pay_refunds().await.expect("a pass");
    }
    let statuses: Vec<_> = shop.provider.refunds_made().iter().map(|one| one.status).collect();
    assert_eq!(statuses, [RefundStatus::Failed, RefundStatus::Processed]);
    assert_eq!(shop.entries("refund-done").await, 1);
    assert_eq!(shop.state(&ann, &order).await, OrderState::Granted, "a part");
}

fn dispute(payment: &str, status: DisputeStatus) -> Dispute {
    Dispute {
        id: DisputeId::parse("disp_00000000000001").expect("an id"),
        payment: PaymentId::parse(payment).expect("an id"),
        amount: Money::new(9_000, sealdrop_payments::Currency::INR).expect("an amount"),
        status,
        reason: None,
        created_at: None,
    }
}

async fn w12_nothing_is_given_back_while_a_dispute_is_open(env: Env) {
    let shop = Shop::new(env).await;
    let ann = shop.user("ann").await;
    let order = shop.order(&ann).await;
    let payment = shop.provider.pay(&url(&order), 0);
    shop.settle(order.order_id).await;
    let (admin, operator, id) = (admin(&shop).await, Operator::unknown(), hex(order.order_id.0));
    // One that was owed before the dispute waits for its end, too.
    admin.refund(&id, Some(1_000), &operator).await.expect("asked");
    let row = row::find(shop.service.inner.store.reader(), order.order_id.0).await;
    let row = row.expect("read").expect("the order");
    let note = async |status| {
        shop.service
            .note_dispute(&row, &dispute(&payment, status))
            .await
            .expect("noted")
    };
    note(DisputeStatus::Open).await;
    note(DisputeStatus::Open).await;
    assert_eq!(
        admin.refund(&id, None, &operator).await.expect("asked"),
        RefundChange::Disputed
    );
    shop.service.pay_refunds().await.expect("a pass");
    assert_eq!(
        shop.provider.refund_keys(),
        Vec::<String>::new(),
        "the provider was not asked"
    );
    note(DisputeStatus::Won).await;
    note(DisputeStatus::Open).await;
    shop.sql("UPDATE refunds SET try_at = 1").await;
    shop.service.pay_refunds().await.expect("a pass");
    assert_eq!(shop.provider.refunds_made().len(), 1);
    assert_eq!(shop.state(&ann, &order).await, OrderState::Granted);
}

async fn w12_a_lost_dispute_is_a_full_refund(env: Env) {
    let shop = Shop::new(env).await;
    let ann = shop.user("ann").await;
    let order = shop.order(&ann).await;
    let payment = shop.provider.pay(&url(&order), 0);
    shop.settle(order.order_id).await;
    let row = row::find(shop.service.inner.store.reader(), order.order_id.0).await;
    let row = row.expect("read").expect("the order");
    for status in [DisputeStatus::Open, DisputeStatus::Lost, DisputeStatus::Lost] {
        shop.service
            .note_dispute(&row, &dispute(&payment, status))
            .await
            .expect("noted");
    }
    assert_eq!(shop.state(&ann, &order).await, OrderState::Refunded);
    assert_ne!(shop.quota(&ann).await, 100_000_000_000);
    assert_eq!(
        (shop.entries("dispute").await, shop.entries("dispute-lost").await),
        (1, 1)
    );
    let id = hex(order.order_id.0);
    // What was owed before is not paid a second time.
    let owed = "INSERT INTO refunds (id, order_id, payment_id, amount, currency, reason, refund_key, state, made_at, try_at) \
        SELECT order_id, order_id, payment_id, 500, 'INR', 'operator', 'of-before-1', 'owed', 1, 1 FROM ledger WHERE kind = 'grant'";
    shop.sql(owed).await;
    shop.service.pay_refunds().await.expect("a pass");
    assert_eq!(
        (shop.provider.refund_keys(), shop.entries("refund-done").await),
        (vec![], 0)
    );
    assert_eq!(
        shop.number("SELECT COUNT(*) FROM refunds WHERE state <> 'done'").await,
        0
    );
    let left = admin(&shop)
        .await
        .refund(&id, None, &Operator::unknown())
        .await
        .expect("asked");
    assert_eq!(left, RefundChange::TooMuch(0));
}
