//! Orders and plans as their user sees them.

use sealdrop_api::{
    OrderId, ProblemType,
    billing::{self, Entitlement, OrderList, OrderState, Plan, PlanList},
};
use sealdrop_payments::Mode;

use super::{
    row::{self, Order},
    state::State,
};
use crate::{
    auth::{
        Signed,
        sql::{all, first},
    },
    billing::{
        ledger::is_granted_and_kept,
        terms::{self, Terms},
    },
    error::{InternalError, ServiceError},
    service::Service,
    store::{count32, instant, unsigned},
};

/// Orders that are listed.
const LISTED: u32 = 100;

impl Service {
    /// What is sold; nothing where no money is taken.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_plans(&self) -> Result<PlanList, ServiceError> {
        let Ok(provider) = self.provider() else {
            return Ok(PlanList {
                plans: Vec::new(),
                is_test: false,
            });
        };
        let sql = format!(
            "SELECT name, {} FROM plans WHERE on_sale = 1 AND period_months IS NOT NULL ORDER BY price, name",
            terms::COLUMNS
        );
        let rows = all(self.inner.store.reader(), "listing plans", &sql, []).await?;
        let plans = rows.iter().map(|row| Ok(plan(&Terms::read(row.get("name")?, row)?)));
        Ok(PlanList {
            plans: plans.collect::<Result<_, InternalError>>()?,
            is_test: provider.mode() == Mode::Test,
        })
    }

    /// The orders of the user, and what they may use because they paid.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_orders(&self, signed: &Signed) -> Result<OrderList, ServiceError> {
        let reader = self.inner.store.reader();
        let user = signed.user_id().to_vec();
        let orders = self.orders_of(signed.user_id(), LISTED).await?;
        let sql = "SELECT e.plan, MAX(e.ends_at) AS ends_at, CASE WHEN EXISTS (SELECT 1 FROM plan_cancellations AS c \
                   WHERE c.user_id = $1 AND c.plan = e.plan) THEN 1 ELSE 0 END AS is_cancelled \
                   FROM entitlements AS e WHERE e.user_id = $1 AND e.ends_at > {now} GROUP BY e.plan ORDER BY e.plan";
        let rows = all(reader, "reading what a user may use", sql, [user.into()]).await?;
        let entitlements = rows.iter().map(|row| {
            Ok(Entitlement {
                plan: row.get("plan")?,
                ends_at: instant(row.get("ends_at")?),
                is_cancelled: row.get::<i32>("is_cancelled")? == 1,
            })
        });
        Ok(OrderList {
            orders,
            entitlements: entitlements.collect::<Result<_, InternalError>>()?,
        })
    }

    /// The newest orders of a user, so many at most.
    pub(crate) async fn orders_of(&self, user: [u8; 16], limit: u32) -> Result<Vec<billing::Order>, ServiceError> {
        let condition = format!("o.user_id = $1 ORDER BY o.created_at DESC, o.id LIMIT {limit}");
        let mut orders = Vec::new();
        for order in row::list(self.inner.store.reader(), &condition, [user.to_vec().into()]).await? {
            orders.push(self.order_of(&order).await?);
        }
        Ok(orders)
    }

    /// One order of the user.
    ///
    /// # Errors
    /// `order-not-found`.
    pub async fn get_order(&self, signed: &Signed, id: OrderId) -> Result<billing::Order, ServiceError> {
        let order = row::find(self.inner.store.reader(), id.0).await?;
        let order = order.filter(|order| order.user == signed.user_id());
        self.order_of(&order.ok_or(ProblemType::OrderNotFound)?).await
    }

    pub(super) async fn order_of(&self, order: &Order) -> Result<billing::Order, ServiceError> {
        let state = match order.state {
            State::New => OrderState::Preparing,
            State::Open => OrderState::Open,
            State::Cancelling | State::Cancelled => OrderState::Cancelled,
            State::Expired => OrderState::Expired,
            State::Paid => self.paid_state(order).await?,
        };
        Ok(billing::Order {
            order_id: OrderId(order.id),
            plan: plan(&order.terms),
            state,
            pay_url: order.short_url.clone().filter(|_| state == OrderState::Open),
            created_at: instant(order.created_at),
            expires_at: instant(order.expires_at),
        })
    }

    async fn paid_state(&self, order: &Order) -> Result<OrderState, InternalError> {
        let reader = self.inner.store.reader();
        if is_granted_and_kept(reader, order.id).await? {
            return Ok(OrderState::Granted);
        }
        let sql = "SELECT id FROM refunds WHERE order_id = $1 AND state <> 'done' LIMIT 1";
        let open = first(reader, "looking for refunds", sql, [order.id.to_vec().into()]).await?;
        Ok(open.map_or(OrderState::Refunded, |_| OrderState::Refunding))
    }
}

fn plan(terms: &Terms) -> Plan {
    Plan {
        name: terms.plan.clone(),
        price: unsigned(terms.price),
        currency: terms.currency.clone(),
        months: terms.months,
        storage_bytes: unsigned(terms.storage_bytes),
        max_link_bytes: terms.max_link_bytes.map(unsigned),
        max_expires_in: terms.max_expires_in.map(unsigned),
        max_downloads: terms.max_downloads.map(count32),
    }
}
