//! Handling an event: a job, which may be repeated.

use sealdrop_payments::{PaymentLink, ReferenceId, WebhookEvent};

use crate::{
    auth::sql::{execute, first},
    billing::{
        orders::row::{self, Order, PREFIX},
        provider::failed,
    },
    error::{InternalError, ServiceError},
    failpoint::reach,
    service::Service,
};

const DOING: &str = "handling an event of the provider";

/// Which order an event is about.
enum About {
    Order(Box<Order>),
    /// One that is ours by its reference, and not there: its row may come, or a backup was restored.
    Missing(ReferenceId),
    /// Something else on the same account, or nothing that can be told.
    Others,
}

impl Service {
    /// Does what follows from an event: asks the provider about its order.
    ///
    /// # Errors
    /// When the provider or the database fails, or where an order of ours is not there: then it is tried again.
    pub(crate) async fn handle_payment_event(&self, id: &str) -> Result<(), ServiceError> {
        let sql = "SELECT body FROM payment_events WHERE id = $1 AND handled_at IS NULL";
        let Some(row) = first(self.inner.store.reader(), DOING, sql, [id.into()]).await? else {
            return Ok(());
        };
        let body: Vec<u8> = row.get("body")?;
        let outcome = match WebhookEvent::parse(&body) {
            None => "unreadable",
            Some(event) => self.follow(&event).await?,
        };
        reach("hook.before_handled").await?;
        let tx = self.inner.store.write().await?;
        let sql = "UPDATE payment_events SET handled_at = {now}, outcome = $2 WHERE id = $1";
        execute(&*tx, DOING, sql, [id.into(), outcome.into()]).await?;
        tx.commit().await?;
        Ok(())
    }

    async fn follow(&self, event: &WebhookEvent) -> Result<&'static str, ServiceError> {
        let order = match self.order_of_event(event).await? {
            About::Order(order) => order,
            About::Others => return Ok("not ours"),
            About::Missing(reference) => {
                // Also our links that were made with other keys look like this.
                let found = self.provider()?.find_link(&reference).await.map_err(failed(DOING))?;
                if found.is_none() {
                    return Ok("of other keys");
                }
                return Err(InternalError::transient(DOING, "an order of ours is paid and not in the database").into());
            }
        };
        if let Some(dispute) = &event.dispute {
            self.note_dispute(&order, dispute).await?;
        }
        self.settle_order(order.id).await?;
        Ok("settled")
    }

    async fn order_of_event(&self, event: &WebhookEvent) -> Result<About, InternalError> {
        let reader = self.inner.store.reader();
        let found = |order| About::Order(Box::new(order));
        if let Some(link) = &event.link {
            for (condition, value) in [
                ("o.link_id = $1", link.id.as_str()),
                ("o.reference = $1", reference(link)),
            ] {
                if let Some(order) = row::find_by(reader, condition, value.into()).await? {
                    return Ok(found(order));
                }
            }
            if let Some(reference) = link.reference.as_ref().filter(|one| one.as_str().starts_with(PREFIX)) {
                return Ok(About::Missing(reference.clone()));
            }
        }
        if let Some(order) = &event.order
            && let Some(order) = row::find_by(reader, "o.provider_order = $1", order.as_str().into()).await?
        {
            return Ok(found(order));
        }
        let payment = event.payment.as_ref().map(|payment| &payment.id);
        let payment = payment.or(event.refund.as_ref().map(|refund| &refund.payment));
        let payment = payment.or(event.dispute.as_ref().map(|dispute| &dispute.payment));
        if let Some(payment) = payment {
            let of_payment =
                "o.id = (SELECT c.order_id FROM ledger AS c WHERE c.kind = 'capture' AND c.provider_id = $1)";
            if let Some(order) = row::find_by(reader, of_payment, payment.as_str().into()).await? {
                return Ok(found(order));
            }
        }
        Ok(About::Others)
    }
}

fn reference(link: &PaymentLink) -> &str {
    link.reference.as_ref().map_or("", |reference| reference.as_str())
}
