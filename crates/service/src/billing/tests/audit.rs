//! The audit finds what does not fit, and settles it once.

use sealdrop_api::billing::OrderState;

use super::{Shop, url};
use crate::{
    auth::tests::{Env, on_both_databases},
    billing::audit::DifferenceKind,
};

on_both_databases!(
    orders_that_a_restored_database_does_not_know_are_granted_once,
    what_cannot_be_is_named,
);

async fn orders_that_a_restored_database_does_not_know_are_granted_once(env: Env) {
    let before = Shop::new(env).await;
    let ann = before.user("ann").await;
    before.provider.begin_long_ago();
    let mut paid = Vec::new();
    for _ in 0..3 {
        let order = before.order(&ann).await;
        before.provider.pay(&url(&order), 0);
        paid.push(order);
        // What yesterday's copy of the database does not have.
        for table in ["jobs", "ledger", "orders"] {
            before.forget(table).await;
        }
    }
    let audit = before.service.audit_payments(false).await.expect("compared");
    let kinds: Vec<_> = audit
        .differences
        .iter()
        .map(|one| (one.kind, one.is_repaired))
        .collect();
    assert_eq!(kinds, [(DifferenceKind::CapturedNoOrder, false); 3]);
    assert_eq!((audit.links, audit.granted), (3, 0));
    let audit = before.service.audit_payments(true).await.expect("compared");
    let kinds: Vec<_> = audit
        .differences
        .iter()
        .map(|one| (one.kind, one.is_repaired))
        .collect();
    assert_eq!(kinds, [(DifferenceKind::CapturedNoOrder, true); 3]);
    let audit = before.service.audit_payments(true).await.expect("compared");
    assert_eq!((audit.differences, audit.captured), (vec![], 3));
    assert_eq!(
        (before.entries("grant").await, before.entries("refund-owed").await),
        (3, 0)
    );
    assert_eq!(before.quota(&ann).await, 100_000_000_000);
}

async fn what_cannot_be_is_named(env: Env) {
    let shop = Shop::new(env).await;
    let (ann, bob) = (shop.user("ann").await, shop.user("bob").await);
    let short = shop.order(&ann).await;
    shop.provider.pay_with(&url(&short), 0, 1);
    let granted = shop.buy(&bob).await;
    // A payment that nobody asked about yet.
    let late = shop.order(&bob).await;
    let payment = shop.provider.pay(&url(&late), 0);
    let audit = shop.service.audit_payments(false).await.expect("compared");
    let kinds: Vec<_> = audit.differences.iter().map(|one| one.kind).collect();
    assert_eq!(kinds, [DifferenceKind::OtherAmount, DifferenceKind::CapturedNotSettled]);
    assert_eq!(audit.differences[1].provider_id.as_deref(), Some(&*payment));
    shop.provider.forget_link(1);
    let audit = shop.service.audit_payments(true).await.expect("compared");
    let kinds: Vec<_> = audit
        .differences
        .iter()
        .map(|one| (one.kind, one.is_repaired))
        .collect();
    let expected = [
        (DifferenceKind::OtherAmount, false),
        (DifferenceKind::CapturedNotSettled, true),
        (DifferenceKind::GrantedNotCaptured, false),
    ];
    assert_eq!(kinds, expected);
    assert_eq!(shop.state(&bob, &granted).await, OrderState::Granted);
}
