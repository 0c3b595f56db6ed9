//! `payments refund`: an operator gives back what was paid, wholly or in part.

use super::owe::{NewRefund, Reason, owe};
use crate::{
    audit::{Action, Change, Operator, record},
    auth::sql::first,
    billing::{
        ledger::{granted_payment, is_disputed, returned},
        orders::row::{self, id_of},
    },
    config::DatabaseConfig,
    error::{InternalError, ServiceError, StartError},
    store::{Store, WriteTx},
};

/// The payments of an installation: its database is enough. A worker of the installation pays.
pub struct RefundAdmin {
    store: Store,
}

/// What became of an operator's wish.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefundChange {
    /// So much is owed now.
    Owed(i64),
    /// There is no such order, or it was not granted.
    NotGranted,
    /// A dispute is open: the bank may take the money anyway.
    Disputed,
    /// More than what is left of the payment, which is so much.
    TooMuch(i64),
}

impl RefundAdmin {
    /// Connects to the database, and brings its schema up to date.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn open(database: &DatabaseConfig) -> Result<Self, StartError> {
        let store = Store::open(database).await?;
        Ok(Self { store })
    }

    /// Owes the buyer of an order what they paid, or a part of it. What they bought ends once all of it is given back.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn refund(
        &self,
        order: &str,
        amount: Option<i64>,
        operator: &Operator,
    ) -> Result<RefundChange, ServiceError> {
        let Some(id) = id_of(order) else {
            return Ok(RefundChange::NotGranted);
        };
        let Some(found) = row::find(self.store.reader(), id).await? else {
            return Ok(RefundChange::NotGranted);
        };
        let tx = self.store.write().await?;
        tx.lock_key(&found.user).await?;
        let Some(payment) = granted_payment(&*tx, id).await? else {
            return Ok(RefundChange::NotGranted);
        };
        if is_disputed(&*tx, &payment).await? {
            return Ok(RefundChange::Disputed);
        }
        let left = found.terms.price - returned(&*tx, &payment).await? - on_the_way(&tx, &payment).await?;
        let amount = amount.unwrap_or(left);
        if amount <= 0 || amount > left {
            return Ok(RefundChange::TooMuch(left.max(0)));
        }
        let new = NewRefund {
            order: &found,
            payment: &payment,
            amount,
            reason: Reason::Operator,
        };
        owe(&tx, new).await?;
        let change = Change {
            operator,
            action: Action::RefundOrder,
            subject: order.to_owned(),
            detail: Some(format!("{amount} {}", found.terms.currency)),
        };
        record(&tx, change).await?;
        tx.commit().await?;
        Ok(RefundChange::Owed(amount))
    }
}

/// What is owed and not done.
async fn on_the_way(tx: &WriteTx, payment: &str) -> Result<i64, InternalError> {
    let sql = "SELECT CAST(COALESCE(SUM(amount), 0) AS BIGINT) AS owed FROM refunds WHERE payment_id = $1 AND state <> 'done'";
    let row = first(&**tx, "adding up refunds", sql, [payment.into()]).await?;
    row.map_or(Ok(0), |row| row.get("owed"))
}

impl std::fmt::Debug for RefundAdmin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RefundAdmin").finish_non_exhaustive()
    }
}
