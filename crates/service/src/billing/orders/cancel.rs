//! What a user takes back: an order that is open, or the wish to go on with a plan.

use sealdrop_api::{OrderId, ProblemType};

use super::{
    end_open::{end, end_open},
    row,
    state::State,
};
use crate::{
    auth::{
        Signed,
        sql::{execute, first},
    },
    error::ServiceError,
    service::Service,
};

impl Service {
    /// Ends the link of an order that is open; of one that has ended, nothing. A job tells the provider.
    ///
    /// # Errors
    /// `order-not-found`; `order-paid`.
    pub async fn cancel_order(&self, signed: &Signed, id: OrderId) -> Result<(), ServiceError> {
        let tx = self.inner.store.write().await?;
        tx.lock_key(&signed.user_id()).await?;
        let order = row::find(&*tx, id.0).await?;
        let order = order.filter(|order| order.user == signed.user_id());
        let order = order.ok_or(ProblemType::OrderNotFound)?;
        if order.state == State::Paid {
            return Err(ProblemType::OrderPaid.into());
        }
        end(&tx, id.0).await?;
        tx.commit().await?;
        self.inner.wake.wake();
        Ok(())
    }

    /// The user will not buy a plan again: nothing reminds them, and what is open for it ends. It stays theirs to the end of what they
    /// paid for.
    ///
    /// # Errors
    /// `plan-not-found` where the user does not have it.
    pub async fn cancel_plan(&self, signed: &Signed, plan: &str) -> Result<(), ServiceError> {
        let doing = "cancelling a plan";
        let user = signed.user_id().to_vec();
        let tx = self.inner.store.write().await?;
        tx.lock_key(&user).await?;
        let sql = "SELECT order_id FROM entitlements WHERE user_id = $1 AND plan = $2 AND ends_at > {now} LIMIT 1";
        if first(&*tx, doing, sql, [user.clone().into(), plan.into()])
            .await?
            .is_none()
        {
            return Err(ProblemType::PlanNotFound.into());
        }
        let sql = "INSERT INTO plan_cancellations (user_id, plan, at) VALUES ($1, $2, {now}) ON CONFLICT DO NOTHING";
        execute(&*tx, doing, sql, [user.into(), plan.into()]).await?;
        end_open(&tx, signed.user_id(), Some(plan)).await?;
        tx.commit().await?;
        self.inner.wake.wake();
        Ok(())
    }
}
