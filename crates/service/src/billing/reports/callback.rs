//! A browser that comes back from the provider's page.

use sealdrop_api::{OrderId, ProblemType};
use sealdrop_payments::{LinkCallback, LinkId};

use crate::{
    billing::orders::{jobs, row},
    error::ServiceError,
    jobs::queue::enqueue,
    service::Service,
};

impl Service {
    /// Notes that a browser came back with the provider's signature, and answers of which order, whoever it is that asks. A job asks the
    /// provider what became of it. Repeating changes nothing.
    ///
    /// # Errors
    /// `order-not-found` where the link is none of ours; `invalid-request` where the provider did not sign this.
    pub async fn note_payment_callback(&self, callback: &LinkCallback) -> Result<OrderId, ServiceError> {
        let found = row::find_by(self.inner.store.reader(), "o.link_id = $1", (*callback.link).into()).await?;
        let order = found.filter(|order| order.reference == callback.reference);
        let order = order.ok_or(ProblemType::OrderNotFound)?;
        // The stored link is what the signature must be of, never the one that the address names.
        let link = order.link_id.as_deref().and_then(LinkId::parse);
        let link = link.ok_or(ProblemType::OrderNotFound)?;
        if !self.provider()?.is_signed(&link, callback) {
            return Err(ProblemType::InvalidRequest.into());
        }
        let tx = self.inner.store.write().await?;
        enqueue(&tx, jobs::settle(order.id)?).await?;
        tx.commit().await?;
        self.inner.wake.wake();
        Ok(OrderId(order.id))
    }
}
