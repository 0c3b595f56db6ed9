//! Selling, on both databases, against a provider in memory.

mod audit;
mod crossing;
mod ends;
mod invoices;
mod late;
mod orders;
mod provider;
mod reports;
mod returned;

use std::sync::Arc;

use sea_orm::ConnectionTrait as _;
use sealdrop_api::{
    OrderId,
    billing::{Order, OrderState},
};

use provider::TestProvider;

use super::{
    config::{PaymentsConfig, Seller},
    orders::jobs::{END, PREPARE, Payload, SETTLE},
    plans::{NewPlan, PlanAdmin},
    reports::jobs::{self as events, NAME as EVENT},
};
use crate::{
    audit::Operator,
    auth::{
        Signed,
        sql::all,
        tests::{Env, start},
    },
    clock::{Clock as _, SystemClock},
    error::ServiceError,
    service::Service,
};

/// A server that sells, and the provider that it asks.
struct Shop {
    env: Env,
    service: Service,
    provider: Arc<TestProvider>,
    plans: PlanAdmin,
}

/// A plan for a month.
fn plus() -> NewPlan {
    NewPlan {
        name: "plus".to_owned(),
        price: 10_000,
        currency: "INR".to_owned(),
        months: 1,
        storage_bytes: 100_000_000_000,
        max_link_bytes: Some(20_000_000_000),
        max_expires_in: None,
        max_downloads: None,
    }
}

impl Shop {
    async fn new(env: Env) -> Self {
        let provider = Arc::new(TestProvider::default());
        let mut config = env.config.clone();
        config.payments = Some(PaymentsConfig {
            provider: Arc::clone(&provider) as _,
            callback_url: "https://send.test/billing/return".to_owned(),
            seller: Seller {
                lines: vec!["A seller".to_owned()],
                gstin: Some("29ABCDE1234F1Z5".to_owned()),
                tax_rate: 1_800,
            },
        });
        let shop = Self {
            service: start(&config).await,
            plans: PlanAdmin::open(&config.database).await.expect("it opens"),
            env,
            provider,
        };
        shop.sell(&plus()).await;
        shop
    }

    async fn sell(&self, plan: &NewPlan) {
        self.plans.set(plan, &Operator::unknown()).await.expect("set");
    }

    async fn user(&self, name: &str) -> Signed {
        let token = self.env.token_of(&format!("{name}@x.test")).await;
        self.env.user_of(&token).await.expect("a user")
    }

    /// Runs the jobs of orders until none waits, whenever they are due; those that fail are left for the next time.
    async fn work(&self) {
        let sql = format!(
            "SELECT id, kind, payload FROM jobs WHERE state = 'waiting' AND kind IN ('{PREPARE}', '{END}', '{SETTLE}', '{EVENT}') AND id > $1 \
             ORDER BY id LIMIT 1"
        );
        let mut after = 0_i64;
        loop {
            let rows = all(self.service.inner.store.reader(), "jobs", &sql, [after.into()]).await;
            let rows = rows.expect("listed");
            let Some(job) = rows.first() else { return };
            after = job.get("id").expect("an id");
            let (kind, payload): (String, String) =
                (job.get("kind").expect("a kind"), job.get("payload").expect("one"));
            let done = self.run_job(&kind, &payload).await;
            if done.is_ok() {
                self.sql(&format!("DELETE FROM jobs WHERE id = {after}")).await;
            }
        }
    }

    async fn run_job(&self, kind: &str, payload: &str) -> Result<(), ServiceError> {
        if kind == EVENT {
            let payload: events::Payload = serde_json::from_str(payload).expect("a payload");
            return self.service.handle_payment_event(&payload.event).await;
        }
        let payload: Payload = serde_json::from_str(payload).expect("a payload");
        let order = payload.id().expect("an order");
        match kind {
            PREPARE => self.service.prepare_order(order).await,
            END => self.service.end_order(order).await,
            _ => self.service.settle_order(order).await,
        }
    }

    /// Takes every row of a table away, past the triggers that keep them.
    async fn forget(&self, table: &str) {
        if table == "ledger" {
            self.unlock_ledger("delete").await;
        }
        let of_orders = if table == "jobs" { "WHERE every IS NULL" } else { "" };
        self.sql(&format!("DELETE FROM {table} {of_orders}")).await;
    }

    /// Lets rows of the ledger be changed, which nothing but a test does.
    async fn unlock_ledger(&self, what: &str) {
        let on_sqlite = self.env.config.database.url.starts_with("sqlite");
        let off = if on_sqlite {
            &format!("DROP TRIGGER IF EXISTS ledger_no_{what}")
        } else {
            "ALTER TABLE ledger DISABLE TRIGGER ALL"
        };
        self.sql(off).await;
    }

    /// Makes payments look as if they had been taken so many milliseconds earlier.
    async fn age_captures(&self, by: i64) {
        self.unlock_ledger("update").await;
        self.sql(&format!("UPDATE ledger SET at = at - {by} WHERE kind = 'capture'"))
            .await;
    }

    /// Begins to buy, and waits for the link.
    async fn order(&self, user: &Signed) -> Order {
        let order = self.service.start_order(user, "plus").await.expect("an order");
        self.work().await;
        self.service.get_order(user, order.order_id).await.expect("the order")
    }

    /// Buys, and is found by a look.
    async fn buy(&self, user: &Signed) -> Order {
        let order = self.order(user).await;
        self.provider.pay(&url(&order), 0);
        self.settle(order.order_id).await;
        self.service.get_order(user, order.order_id).await.expect("the order")
    }

    async fn settle(&self, order: OrderId) {
        self.service.settle_order(order.0).await.expect("settled");
        self.work().await;
    }

    async fn state(&self, user: &Signed, order: &Order) -> OrderState {
        let order = self.service.get_order(user, order.order_id).await;
        order.expect("the order").state
    }

    async fn sql(&self, sql: &str) -> u64 {
        let done = self.service.inner.store.reader().execute_unprepared(sql).await;
        done.expect("the statement runs").rows_affected()
    }

    async fn number(&self, sql: &str) -> i64 {
        self.env.number(sql).await
    }

    /// Rows of a kind in the ledger.
    async fn entries(&self, kind: &str) -> i64 {
        self.number(&format!("SELECT COUNT(*) FROM ledger WHERE kind = '{kind}'"))
            .await
    }

    /// Days for which the user has the plan from now on, rounded.
    async fn days(&self, user: &Signed) -> i64 {
        let held = self.service.list_orders(user).await.expect("listed").entitlements;
        let now = SystemClock.now();
        held.first()
            .map_or(0, |one| (one.ends_at - now + time::Duration::hours(12)).whole_days())
    }

    async fn quota(&self, user: &Signed) -> u64 {
        self.service.get_account(user).await.expect("a user").quota_bytes
    }
}

/// Where an order is paid.
fn url(order: &Order) -> String {
    order.pay_url.clone().expect("it can be paid")
}
