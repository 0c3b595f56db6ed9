//! What became of an order: the provider is asked with our own key, and what it says is written down, whoever reported what before.
//!
//! Nothing is granted by a report or by what a browser brings back. Each may come twice, late, in any order or never: all they do is
//! that the provider is asked again, and an answer that is not new changes nothing.

mod apply;
mod ask;
pub(crate) mod dispute;
mod grant;
pub(crate) mod returned;

pub(in crate::billing) use ask::Facts;

use super::orders::{
    row::{self, Order},
    state::State,
};
use crate::{error::ServiceError, failpoint::reach, service::Service};

impl Service {
    /// Asks the provider what became of an order, and writes that down. Safe to repeat, and to run twice at once.
    ///
    /// # Errors
    /// When the provider or the database fails, or where the provider says something that cannot be.
    pub(crate) async fn settle_order(&self, id: [u8; 16]) -> Result<(), ServiceError> {
        let Some(order) = row::find(self.inner.store.reader(), id).await? else {
            return Ok(());
        };
        if order.mode != self.provider()?.mode().as_str() {
            return self.close_order_of_other_mode(&order).await;
        }
        reach("order.before_ask").await?;
        let facts = self.ask_about(&order).await?;
        reach("order.after_ask").await?;
        self.apply(&order, facts).await
    }

    /// An order that was made with keys of the other mode cannot be asked for.
    async fn close_order_of_other_mode(&self, order: &Order) -> Result<(), ServiceError> {
        let tx = self.inner.store.write().await?;
        if row::transition(&tx, order.id, State::Expired).await? {
            tracing::warn!(order = %row::hex(order.id), mode = order.mode, "an order of other keys is closed");
        }
        row::stop_looking(&tx, order.id).await?;
        Ok(tx.commit().await?)
    }
}
