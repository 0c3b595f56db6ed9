//! Getting the link of an order: a job, which may be repeated.

use sealdrop_payments::{NewPaymentLink, PaymentError};

use super::{
    jobs,
    row::{self, Order},
    state::State,
};
use crate::{
    billing::provider::{due, failed, reference},
    error::{InternalError, ServiceError},
    failpoint::reach,
    jobs::queue::enqueue,
    service::Service,
    store::instant,
};

impl Service {
    /// Asks the provider for the link of an order, or finds the one that it has. What the user ordered before for the same plan is
    /// settled first, so that nobody is asked to pay for what they have paid.
    ///
    /// # Errors
    /// When the provider or the database fails; then it is tried again.
    pub(crate) async fn prepare_order(&self, id: [u8; 16]) -> Result<(), ServiceError> {
        let reader = self.inner.store.reader();
        let Some(order) = row::find(reader, id).await? else {
            return Ok(());
        };
        if order.state != State::New {
            return Ok(());
        }
        self.settle_earlier(&order).await?;
        let is_wanted = row::find(reader, id)
            .await?
            .is_some_and(|order| order.state == State::New);
        if !is_wanted {
            return Ok(());
        }
        reach("order.before_link").await?;
        let new = self.new_link(&order)?;
        let link = match self.provider()?.create_link(&new).await {
            Ok(link) => link,
            Err(error) if error.is_retryable() => return Err(failed("asking for a payment link")(error).into()),
            Err(error) => return self.give_up(&order, &error).await,
        };
        reach("order.after_link").await?;
        let tx = self.inner.store.write().await?;
        row::note_link(&tx, id, &link).await?;
        if !row::transition(&tx, id, State::Open).await? {
            // It was cancelled meanwhile: the link that there is now must end.
            enqueue(&tx, jobs::end(id)?).await?;
        }
        tx.commit().await?;
        self.inner.wake.wake();
        Ok(())
    }

    /// What the user ordered before and what may have been paid, or is to be ended.
    async fn settle_earlier(&self, order: &Order) -> Result<(), ServiceError> {
        let condition = "o.user_id = $1 AND o.plan = $2 AND o.id <> $3 AND o.state <> 'paid' AND o.look_at IS NOT NULL \
                         ORDER BY o.created_at DESC LIMIT 10";
        let values = [
            order.user.to_vec().into(),
            (*order.terms.plan).into(),
            order.id.to_vec().into(),
        ];
        for earlier in row::list(self.inner.store.reader(), condition, values).await? {
            match earlier.state {
                State::Cancelling => self.end_order(earlier.id).await?,
                _ => self.settle_order(earlier.id).await?,
            }
        }
        Ok(())
    }

    fn new_link(&self, order: &Order) -> Result<NewPaymentLink, ServiceError> {
        Ok(NewPaymentLink {
            reference: reference(order)?,
            amount: due(order)?,
            description: format!("Sealdrop, plan {}", order.terms.plan),
            expires_at: Some(instant(order.expires_at)),
            callback_url: self.payments()?.callback_url.clone(),
            notes: order.terms.notes(&row::hex(order.user)),
        })
    }

    /// The provider will never make this link.
    async fn give_up(&self, order: &Order, error: &PaymentError) -> Result<(), ServiceError> {
        tracing::error!(order = %row::hex(order.id), %error, "the provider makes no link for an order, which is cancelled");
        let tx = self.inner.store.write().await?;
        row::transition(&tx, order.id, State::Cancelled).await?;
        tx.commit().await?;
        Err(InternalError::lasting("asking for a payment link", error.clone()).into())
    }
}
