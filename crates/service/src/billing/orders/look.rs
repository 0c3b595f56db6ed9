//! Looking at orders that nobody reported anything of.

use super::{row, row::Order, schedule::next_look, state::State};
use crate::{auth::sql::first, error::ServiceError, jobs::queue::enqueue, service::Service};

use super::jobs;

/// Orders that one pass looks at.
const AT_ONCE: u32 = 50;

impl Service {
    /// Asks the provider about orders whose time to be looked at has come: a payment whose report never came is found by this. One that
    /// fails stops no other, and is looked at again.
    ///
    /// # Errors
    /// The first failure, after all were tried.
    pub(crate) async fn look_at_orders(&self) -> Result<(), ServiceError> {
        if self.inner.payments.is_none() {
            return Ok(());
        }
        let condition = format!("o.look_at <= {{now}} ORDER BY o.look_at LIMIT {AT_ONCE}");
        let mut failed = None;
        for order in row::list(self.inner.store.reader(), &condition, []).await? {
            if let Err(error) = self.look_at(&order).await {
                tracing::warn!(order = %row::hex(order.id), %error, "an order could not be looked at");
                failed.get_or_insert(error);
            }
        }
        failed.map_or(Ok(()), Err)
    }

    /// The next look is noted first: an order that cannot be looked at keeps no other from its turn.
    async fn look_at(&self, order: &Order) -> Result<(), ServiceError> {
        let tx = self.inner.store.write().await?;
        let row = first(&*tx, "asking for the time", "SELECT {now} AS now", []).await?;
        let now = row.map_or(Ok(0), |row| row.get("now"))?;
        row::look_next(&tx, order.id, next_look(order.created_at, order.expires_at, now)).await?;
        // Jobs that died leave their orders here.
        match order.state {
            State::New if order.expires_at > now => enqueue(&tx, jobs::prepare(order.id)?).await?,
            State::Cancelling => enqueue(&tx, jobs::end(order.id)?).await?,
            _ => {}
        }
        tx.commit().await?;
        self.settle_order(order.id).await
    }
}
