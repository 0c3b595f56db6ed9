//! Paying back what is owed: a periodic job, at least daily for each, until the provider says that it is done.

use sealdrop_payments::{NewRefund, Notes, PaymentId, Refund, RefundId, RefundKey, RefundStatus};

use super::row::{self, Due};
use crate::{
    billing::{
        entitlements::derive,
        ledger::{is_disputed, is_lost},
        orders,
        provider::{failed, money},
        settle::returned::note_refund,
    },
    error::{InternalError, ServiceError},
    failpoint::reach,
    service::Service,
};

/// Refunds that one pass takes on.
const AT_ONCE: u32 = 50;
const DOING: &str = "paying back";

impl Service {
    /// Pays back what is owed and due, and asks what became of what was sent. None is ever given up: the balance at the provider may be
    /// short for weeks.
    ///
    /// # Errors
    /// When the database fails. What the provider refuses is noted in the row, and tried again.
    pub(crate) async fn pay_refunds(&self) -> Result<(), ServiceError> {
        if self.inner.payments.is_none() {
            return Ok(());
        }
        for refund in row::due(self.inner.store.reader(), AT_ONCE).await? {
            if let Err(error) = self.pay_refund(&refund).await {
                tracing::warn!(payment = refund.payment, %error, "a refund is owed and could not be paid yet");
                let tx = self.inner.store.write().await?;
                row::note_failed(&tx, &refund, &error.to_string()).await?;
                tx.commit().await?;
            }
        }
        Ok(())
    }

    async fn pay_refund(&self, refund: &Due) -> Result<(), ServiceError> {
        if refund.provider_id.is_none() && is_lost(self.inner.store.reader(), &refund.payment).await? {
            let tx = self.inner.store.write().await?;
            row::note_needless(&tx, refund).await?;
            return Ok(tx.commit().await?);
        }
        if is_disputed(self.inner.store.reader(), &refund.payment).await? {
            // Paying now could pay twice: the bank takes the money if the buyer wins.
            return Err(InternalError::transient(DOING, "a dispute about the payment is open").into());
        }
        let answer = match refund.provider_id.as_deref().and_then(RefundId::parse) {
            Some(id) => self.provider()?.get_refund(&id).await.map_err(failed(DOING))?,
            None => self.send_refund(refund).await?,
        };
        match answer.status {
            RefundStatus::Processed => self.note_paid_back(refund, &answer).await,
            RefundStatus::Failed => {
                let tx = self.inner.store.write().await?;
                row::owe_again(&tx, refund).await?;
                Ok(tx.commit().await?)
            }
            RefundStatus::Pending | RefundStatus::Unknown => {
                let tx = self.inner.store.write().await?;
                row::note_sent(&tx, refund, answer.id.as_str()).await?;
                Ok(tx.commit().await?)
            }
        }
    }

    /// The key makes it one refund, however often this is repeated.
    async fn send_refund(&self, refund: &Due) -> Result<Refund, ServiceError> {
        let bad = || InternalError::lasting(DOING, "the row names no payment or key");
        let new = NewRefund {
            payment: PaymentId::parse(&refund.payment).ok_or_else(bad)?,
            amount: money(refund.amount, &refund.currency)?,
            key: RefundKey::parse(&refund.key).ok_or_else(bad)?,
            notes: Notes::new(),
        };
        reach("refund.before_call").await?;
        let answer = self.provider()?.refund(&new).await.map_err(failed(DOING))?;
        reach("refund.after_call").await?;
        let tx = self.inner.store.write().await?;
        row::note_sent(&tx, refund, answer.id.as_str()).await?;
        tx.commit().await?;
        reach("refund.after_note").await?;
        Ok(answer)
    }

    async fn note_paid_back(&self, refund: &Due, answer: &Refund) -> Result<(), ServiceError> {
        let order = orders::row::find(self.inner.store.reader(), refund.order).await?;
        let order = order.ok_or_else(|| InternalError::lasting(DOING, "its order is not there"))?;
        let tx = self.inner.store.write().await?;
        tx.lock_key(&order.user).await?;
        if note_refund(&tx, &order, answer).await? {
            derive(&tx, order.user).await?;
        }
        Ok(tx.commit().await?)
    }
}
