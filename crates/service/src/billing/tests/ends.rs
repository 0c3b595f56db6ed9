//! The end of what was paid for.

use super::Shop;
use crate::auth::tests::{Env, on_both_databases};

on_both_databases!(
    an_end_is_told_twice_and_deletes_nothing,
    who_will_not_buy_again_is_not_reminded,
);

async fn mails(shop: &Shop, reason: &str) -> i64 {
    shop.number(&format!("SELECT COUNT(*) FROM mails WHERE reason = '{reason}'"))
        .await
}

/// The plan ends so many milliseconds from now.
async fn end_in(shop: &Shop, wait: i64) {
    shop.sql(&format!(
        "UPDATE entitlements SET ends_at = ends_at - (SELECT MIN(ends_at) FROM entitlements) + (SELECT MAX(at) FROM ledger) + {wait}"
    ))
    .await;
}

async fn an_end_is_told_twice_and_deletes_nothing(env: Env) {
    let shop = Shop::new(env).await;
    let ann = shop.user("ann").await;
    shop.buy(&ann).await;
    assert_eq!(mails(&shop, "plan-paid").await, 1);
    let tell = async || shop.service.tell_plan_ends().await.expect("told");
    tell().await;
    assert_eq!(mails(&shop, "plan-ends").await, 0, "it is weeks away");
    end_in(&shop, 6 * 24 * 3_600_000).await;
    tell().await;
    tell().await;
    assert_eq!(
        (mails(&shop, "plan-ends").await, mails(&shop, "plan-ended").await),
        (1, 0)
    );
    shop.sql("UPDATE users SET used_bytes = 50000000000").await;
    end_in(&shop, -3_600_000).await;
    tell().await;
    tell().await;
    assert_eq!(
        (mails(&shop, "plan-ends").await, mails(&shop, "plan-ended").await),
        (1, 1)
    );
    assert_eq!(shop.entries("expiry").await, 1);
    let account = shop.service.get_account(&ann).await.expect("a user");
    assert_eq!(
        (&*account.plan, account.used_bytes),
        ("free", 50_000_000_000),
        "all of it is there"
    );
    // Bought again, it can end again.
    shop.buy(&ann).await;
    assert_eq!(mails(&shop, "plan-paid").await, 2);
    assert_eq!(shop.quota(&ann).await, 100_000_000_000);
}

async fn who_will_not_buy_again_is_not_reminded(env: Env) {
    let shop = Shop::new(env).await;
    let ann = shop.user("ann").await;
    shop.buy(&ann).await;
    shop.service.cancel_plan(&ann, "plus").await.expect("cancelled");
    end_in(&shop, 24 * 3_600_000).await;
    shop.service.tell_plan_ends().await.expect("told");
    assert_eq!(mails(&shop, "plan-ends").await, 0);
    end_in(&shop, -3_600_000).await;
    shop.service.tell_plan_ends().await.expect("told");
    assert_eq!(mails(&shop, "plan-ended").await, 1);
}
