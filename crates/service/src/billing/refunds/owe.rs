//! Noting that something is owed, in the transaction that finds out.

use sea_orm::Value;

use crate::{
    auth::sql::{execute, random},
    billing::{
        ledger::{Entry, EntryKind},
        orders::row::Order,
    },
    error::InternalError,
    store::WriteTx,
};

/// Why something is owed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reason {
    /// A payment beside the one that was granted, or one that came when the wish was met.
    Surplus,
    /// The account was closed before the payment came.
    Closed,
    /// An operator gives back. Any number of times, in parts.
    Operator,
}

impl Reason {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Surplus => "surplus",
            Self::Closed => "closed",
            Self::Operator => "operator",
        }
    }
}

/// A refund that is not in the table yet.
pub(crate) struct NewRefund<'a> {
    pub(crate) order: &'a Order,
    pub(crate) payment: &'a str,
    pub(crate) amount: i64,
    pub(crate) reason: Reason,
}

/// Notes it; whether it is new. What is owed by itself is owed once for each payment. A job of the worker pays.
pub(crate) async fn owe(tx: &WriteTx, new: NewRefund<'_>) -> Result<bool, InternalError> {
    // The key under which the provider refunds once, however often it is asked.
    let key = match new.reason {
        Reason::Operator => format!("sealdrop-{:032x}", u128::from_be_bytes(random()?)),
        Reason::Surplus | Reason::Closed => format!("sealdrop-{}", new.payment),
    };
    let sql = "INSERT INTO refunds (id, order_id, payment_id, amount, currency, reason, refund_key, state, made_at, try_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, 'owed', {now}, {now}) ON CONFLICT DO NOTHING";
    let values: [Value; 7] = [
        random::<16>()?.to_vec().into(),
        new.order.id.to_vec().into(),
        new.payment.into(),
        new.amount.into(),
        (*new.order.terms.currency).into(),
        new.reason.as_str().into(),
        (*key).into(),
    ];
    if execute(&**tx, "noting a refund", sql, values).await? == 0 {
        return Ok(false);
    }
    let entry = Entry::new(EntryKind::RefundOwed, new.order, new.amount)
        .once(&key)
        .of_payment(new.payment)
        .with_detail(new.reason.as_str());
    entry.add(tx).await?;
    Ok(true)
}
