//! Numbers without gaps, and rows that stay.

use sea_orm::ConnectionTrait as _;

use super::{Shop, url};
use crate::{
    auth::tests::{Env, on_both_databases},
    failpoint::failing_at,
};

on_both_databases!(
    numbers_have_no_gaps_whatever_fails,
    rows_of_the_ledger_and_of_invoices_stay,
);

/// Buyers at once, and those of them whose grant fails after the number was taken.
const BUYERS: usize = 20;
const FAILING: usize = 6;

async fn numbers_have_no_gaps_whatever_fails(env: Env) {
    let shop = &Shop::new(env).await;
    let mut orders = Vec::new();
    for n in 0..BUYERS {
        let user = shop.user(&format!("buyer-{n}")).await;
        let order = shop.order(&user).await;
        shop.provider.pay(&url(&order), 0);
        orders.push(order.order_id.0);
    }
    let settled = orders.iter().enumerate().map(|(n, order)| async move {
        match n {
            n if n < FAILING => {
                let (done, was_there) = failing_at("invoice.mid", 1, shop.service.settle_order(*order)).await;
                assert!(done.is_err() && was_there);
            }
            _ => shop.service.settle_order(*order).await.expect("settled"),
        }
    });
    futures::future::join_all(settled).await;
    let numbers = async || {
        let row =
            "SELECT COUNT(*) * 1000000 + MAX(CAST(SUBSTR(number, 11) AS INTEGER)) FROM invoices WHERE kind = 'invoice'";
        let both = shop.number(row).await;
        (both / 1_000_000, both % 1_000_000)
    };
    let whole = (BUYERS - FAILING) as i64;
    assert_eq!(numbers().await, (whole, whole));
    assert_eq!(shop.entries("grant").await, whole);
    for order in orders {
        shop.service.settle_order(order).await.expect("settled");
    }
    assert_eq!(numbers().await, (BUYERS as i64, BUYERS as i64));
}

async fn rows_of_the_ledger_and_of_invoices_stay(env: Env) {
    let shop = Shop::new(env).await;
    let ann = shop.user("ann").await;
    shop.buy(&ann).await;
    let reader = shop.service.inner.store.reader();
    for table in ["ledger", "invoices"] {
        for sql in [
            format!("UPDATE {table} SET currency = 'USD'"),
            format!("DELETE FROM {table}"),
        ] {
            let refused = reader.execute_unprepared(&sql).await.expect_err(&sql).to_string();
            assert!(refused.contains("neither changed nor deleted"), "{sql}: {refused}");
        }
    }
    let all = shop.service.list_invoices(&ann).await.expect("listed").invoices;
    assert_eq!((all.len(), all[0].base, all[0].cgst, all[0].sgst), (1, 8_474, 763, 763));
    assert_eq!(all[0].gstin.as_deref(), Some("29ABCDE1234F1Z5"));
}
