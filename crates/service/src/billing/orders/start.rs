//! `POST orders`: beginning to buy.

use sea_orm::ConnectionTrait;
use sealdrop_api::{ProblemType, billing};

use super::{
    end_open::end,
    jobs,
    row::{self, Order},
    schedule::LINK_LIVES,
    state::State,
};
use crate::{
    auth::{
        Signed,
        sql::{first, random},
    },
    billing::{
        ledger::{Entry, EntryKind},
        terms::{self, Terms},
    },
    error::{InternalError, ServiceError},
    failpoint::reach,
    jobs::queue::enqueue,
    service::Service,
    store::WriteTx,
};

/// Milliseconds that a link must live on to be offered again.
const WORTH_OFFERING: i64 = 5 * 60_000;

impl Service {
    /// Begins to buy a plan at its present price. The row comes first; a job asks the provider for a link, and finds it again if the answer
    /// is lost. Where an order for the plan is open, that one is answered; one of another price is ended before the new one gets its
    /// link, and granted as it was sold if it was paid.
    ///
    /// # Errors
    /// `not-found` where nothing is sold, `plan-not-found`, `unauthenticated` where the user was closed this moment.
    pub async fn start_order(&self, signed: &Signed, plan: &str) -> Result<billing::Order, ServiceError> {
        let mode = self.provider()?.mode().as_str();
        let user = signed.user_id();
        let tx = self.inner.store.write().await?;
        tx.lock_key(&user).await?;
        let now = open_user(&tx, user).await?;
        let terms = on_sale(&*tx, plan).await?.ok_or(ProblemType::PlanNotFound)?;
        if let Some(open) = find_open(&*tx, user, plan).await? {
            if open.terms == terms && open.mode == mode && open.expires_at - now > WORTH_OFFERING {
                return self.order_of(&open).await;
            }
            end(&tx, open.id).await?;
        }
        let id = random()?;
        let order = Order {
            id,
            user,
            terms,
            reference: row::reference(id),
            mode: mode.to_owned(),
            state: State::New,
            link_id: None,
            short_url: None,
            created_at: now,
            expires_at: now + LINK_LIVES,
            looks: 0,
        };
        row::insert(&tx, &order).await?;
        Entry::new(EntryKind::Order, &order, order.terms.price).add(&tx).await?;
        enqueue(&tx, jobs::prepare(id)?).await?;
        reach("order.before_intent").await?;
        tx.commit().await?;
        self.inner.wake.wake();
        reach("order.after_intent").await?;
        self.order_of(&order).await
    }
}

/// Now, by the database's clock, where the user is not closed.
async fn open_user(tx: &WriteTx, user: [u8; 16]) -> Result<i64, ServiceError> {
    let sql = "SELECT {now} AS now FROM users WHERE id = $1 AND closed_at IS NULL";
    let row = first(&**tx, "reading a user", sql, [user.to_vec().into()]).await?;
    Ok(row.ok_or(ProblemType::Unauthenticated)?.get("now")?)
}

/// What a plan costs now, if it is sold.
async fn on_sale(conn: &impl ConnectionTrait, plan: &str) -> Result<Option<Terms>, InternalError> {
    let sql = format!(
        "SELECT {} FROM plans WHERE name = $1 AND on_sale = 1 AND period_months IS NOT NULL",
        terms::COLUMNS
    );
    let row = first(conn, "reading a plan", &sql, [plan.into()]).await?;
    row.map(|row| Terms::read(plan.to_owned(), &row)).transpose()
}

async fn find_open(conn: &impl ConnectionTrait, user: [u8; 16], plan: &str) -> Result<Option<Order>, InternalError> {
    let open = "o.user_id = $1 AND o.plan = $2 AND o.state IN ('new', 'open')";
    let found = row::list(conn, open, [user.to_vec().into(), plan.into()]).await?;
    Ok(found.into_iter().next())
}
