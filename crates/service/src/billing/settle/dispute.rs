//! Disputes: a buyer's bank asks for the money back.

use sealdrop_payments::{Dispute, DisputeStatus};

use crate::{
    billing::{
        entitlements::derive,
        ledger::{Entry, EntryKind},
        orders::row::Order,
    },
    error::ServiceError,
    service::Service,
};

impl Service {
    /// Notes a dispute about a payment of an order. A lost one counts as a full refund, a won one as nothing. An answer of before does
    /// not undo a later one: each is noted once.
    pub(crate) async fn note_dispute(&self, order: &Order, dispute: &Dispute) -> Result<(), ServiceError> {
        let tx = self.inner.store.write().await?;
        tx.lock_key(&order.user).await?;
        let (id, payment) = (dispute.id.as_str(), dispute.payment.as_str());
        let entry = |kind, amount| Entry::new(kind, order, amount).once(id).of_payment(payment);
        let amount = dispute.amount.paise();
        if entry(EntryKind::Dispute, amount).add(&tx).await? {
            tracing::warn!(
                payment,
                "a payment is disputed: it is not refunded until that is decided"
            );
        }
        match dispute.status {
            DisputeStatus::Won | DisputeStatus::Closed => {
                entry(EntryKind::DisputeWon, 0).add(&tx).await?;
            }
            DisputeStatus::Lost => {
                // However much the bank took: what was bought is not the buyer's any more.
                if entry(EntryKind::DisputeLost, order.terms.price).add(&tx).await? {
                    derive(&tx, order.user).await?;
                }
            }
            DisputeStatus::Open | DisputeStatus::UnderReview | DisputeStatus::Unknown => {}
        }
        Ok(tx.commit().await?)
    }
}
