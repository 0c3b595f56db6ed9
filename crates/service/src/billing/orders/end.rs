//! Ending the link of an order: a job, which may be repeated.

use sealdrop_payments::{LinkId, PaymentError};

use super::{row, state::State};
use crate::{
    billing::provider::{failed, reference},
    error::ServiceError,
    failpoint::reach,
    service::Service,
};

impl Service {
    /// Ends the link of an order that is to be cancelled. What was paid before is granted or given back, as it always is.
    ///
    /// # Errors
    /// When the provider or the database fails; then it is tried again.
    pub(crate) async fn end_order(&self, id: [u8; 16]) -> Result<(), ServiceError> {
        let doing = "cancelling a payment link";
        let Some(order) = row::find(self.inner.store.reader(), id).await? else {
            return Ok(());
        };
        if !matches!(order.state, State::Cancelling | State::Cancelled | State::Expired) {
            return Ok(());
        }
        let provider = self.provider()?;
        if order.mode != provider.mode().as_str() {
            return self.settle_order(id).await;
        }
        let link = match order.link_id.as_deref().and_then(LinkId::parse) {
            Some(link) => Some(link),
            None => {
                let found = provider.find_link(&reference(&order)?).await.map_err(failed(doing))?;
                found.map(|link| link.id)
            }
        };
        reach("order.before_cancel").await?;
        let Some(link) = link else {
            return self.note_cancelled(id).await;
        };
        match provider.cancel_link(&link).await {
            Ok(_) => {
                reach("order.after_cancel").await?;
                self.note_cancelled(id).await?;
                // Somebody may have paid the moment before.
                self.settle_order(id).await
            }
            Err(PaymentError::LinkNotCancellable(_)) => {
                self.settle_order(id).await?;
                self.note_cancelled(id).await
            }
            Err(PaymentError::NotFound(_)) => self.note_cancelled(id).await,
            Err(error) => Err(failed(doing)(error).into()),
        }
    }

    async fn note_cancelled(&self, id: [u8; 16]) -> Result<(), ServiceError> {
        let tx = self.inner.store.write().await?;
        row::transition(&tx, id, State::Cancelled).await?;
        Ok(tx.commit().await?)
    }
}
