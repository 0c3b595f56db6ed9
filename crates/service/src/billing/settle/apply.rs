//! Writing down what the provider said, in one transaction.

use sealdrop_payments::{LinkStatus, Payment};

use super::{Facts, grant::grant, returned::note_refund};
use crate::{
    auth::sql::first,
    billing::{
        entitlements::derive,
        ledger::{Entry, EntryKind, granted_payment, is_wish_met},
        orders::{
            row::{self, Order},
            state::State,
        },
        refunds::owe::{NewRefund, Reason, owe},
    },
    error::{InternalError, ServiceError},
    failpoint::reach,
    service::Service,
    store::WriteTx,
};

impl Service {
    pub(super) async fn apply(&self, order: &Order, facts: Option<Facts>) -> Result<(), ServiceError> {
        let tx = self.inner.store.write().await?;
        // One order of a user after the other: what is granted depends on what was.
        tx.lock_key(&order.user).await?;
        let Some(facts) = facts else {
            // Nobody can pay what was never there; the job that makes the link may still be at it until the order's time is over.
            if order.expires_at < now(&tx).await? {
                row::transition(&tx, order.id, State::Expired).await?;
            }
            return Ok(tx.commit().await?);
        };
        row::note_link(&tx, order.id, &facts.link).await?;
        for payment in &facts.captured {
            note_capture(&tx, order, payment).await?;
        }
        if facts.is_paid {
            if row::transition(&tx, order.id, State::Paid).await? {
                self.grant_or_owe(&tx, order, &facts).await?;
            }
            owe_what_was_not_granted(&tx, order, &facts).await?;
            row::stop_looking(&tx, order.id).await?;
        } else {
            let state = match facts.link.status {
                LinkStatus::Cancelled => Some(State::Cancelled),
                LinkStatus::Expired => Some(State::Expired),
                _ => None,
            };
            if let Some(state) = state {
                row::transition(&tx, order.id, state).await?;
            }
        }
        let mut is_changed = false;
        for refund in &facts.refunds {
            is_changed |= note_refund(&tx, order, refund).await?;
        }
        if is_changed {
            derive(&tx, order.user).await?;
        }
        reach("order.before_commit").await?;
        tx.commit().await?;
        self.inner.wake.wake();
        Ok(reach("order.after_commit").await?)
    }

    /// What a payment does that was not known before: it is granted, once, or owed back.
    async fn grant_or_owe(&self, tx: &WriteTx, order: &Order, facts: &Facts) -> Result<(), ServiceError> {
        let Some(payment) = facts.captured.first() else {
            return Ok(());
        };
        if is_closed(tx, order.user).await? {
            return owe_back(tx, order, payment, Reason::Closed).await;
        }
        if is_wish_met(&**tx, order).await? {
            tracing::warn!(order = %row::hex(order.id), "an order was paid after another one had met the wish: the payment is given back");
            return owe_back(tx, order, payment, Reason::Surplus).await;
        }
        grant(tx, order, payment, &self.payments()?.seller).await
    }
}

async fn now(tx: &WriteTx) -> Result<i64, InternalError> {
    let row = first(&**tx, "asking for the time", "SELECT {now} AS now", []).await?;
    row.map_or(Ok(0), |row| row.get("now"))
}

async fn is_closed(tx: &WriteTx, user: [u8; 16]) -> Result<bool, InternalError> {
    let sql = "SELECT id FROM users WHERE id = $1 AND closed_at IS NULL";
    Ok(first(&**tx, "reading a user", sql, [user.to_vec().into()])
        .await?
        .is_none())
}

async fn note_capture(tx: &WriteTx, order: &Order, payment: &Payment) -> Result<(), InternalError> {
    let fee = payment.fee.map(|fee| format!("fee {}", fee.paise()));
    let entry = Entry::new(EntryKind::Capture, order, payment.amount.paise())
        .once(payment.id.as_str())
        .of_payment(payment.id.as_str())
        .paid_at(payment.created_at)
        .with_detail(fee.unwrap_or_default());
    entry.add(tx).await.map(drop)
}

/// Every payment of the order but the one that it was granted for.
async fn owe_what_was_not_granted(tx: &WriteTx, order: &Order, facts: &Facts) -> Result<(), ServiceError> {
    let granted = granted_payment(&**tx, order.id).await?;
    for payment in &facts.captured {
        if granted.as_deref() != Some(payment.id.as_str()) {
            owe_back(tx, order, payment, Reason::Surplus).await?;
        }
    }
    Ok(())
}

/// What the order asked for, not what the provider put on top.
async fn owe_back(tx: &WriteTx, order: &Order, payment: &Payment, reason: Reason) -> Result<(), ServiceError> {
    let new = NewRefund {
        order,
        payment: payment.id.as_str(),
        amount: payment.amount.paise().min(order.terms.price),
        reason,
    };
    owe(tx, new).await?;
    Ok(())
}
