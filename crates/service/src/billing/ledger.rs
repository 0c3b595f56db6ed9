//! What money did: rows that are only added. What a user may use follows from them, and from nothing else.

use sea_orm::{ConnectionTrait, Value};
use time::OffsetDateTime;

use super::orders::row::Order;
use crate::{
    auth::sql::{execute, first},
    error::InternalError,
    store::{WriteTx, millis},
};

/// What a row says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum EntryKind {
    /// Somebody wants to buy.
    Order,
    /// The provider took a payment. Its amount may be above the order's, where the buyer pays the provider's fee.
    Capture,
    /// The order holds, for the payment that the row names.
    Grant,
    /// A payment is to be given back, wholly or in part.
    RefundOwed,
    /// The provider gave back.
    RefundDone,
    /// A credit note was written.
    CreditNote,
    /// The buyer's bank disputes a payment.
    Dispute,
    /// The dispute ended, and the money stayed.
    DisputeWon,
    /// The dispute ended, and the money went back.
    DisputeLost,
    /// What was paid for is over.
    Expiry,
}

impl EntryKind {
    /// As the table has it.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Order => "order",
            Self::Capture => "capture",
            Self::Grant => "grant",
            Self::RefundOwed => "refund-owed",
            Self::RefundDone => "refund-done",
            Self::CreditNote => "credit-note",
            Self::Dispute => "dispute",
            Self::DisputeWon => "dispute-won",
            Self::DisputeLost => "dispute-lost",
            Self::Expiry => "expiry",
        }
    }
}

/// A row that is not there yet.
pub(crate) struct Entry<'a> {
    kind: EntryKind,
    order: &'a Order,
    amount: i64,
    fact: Option<&'a str>,
    payment: Option<&'a str>,
    paid_at: Option<i64>,
    detail: Option<String>,
}

impl<'a> Entry<'a> {
    /// Of an order, and so much in its currency.
    pub(crate) fn new(kind: EntryKind, order: &'a Order, amount: i64) -> Self {
        Self {
            kind,
            order,
            amount,
            fact: None,
            payment: None,
            paid_at: None,
            detail: None,
        }
    }

    /// What it is of, by an id that no other row of the kind has: the same fact is written once.
    pub(crate) fn once(mut self, fact: &'a str) -> Self {
        self.fact = Some(fact);
        self
    }

    /// The payment that it touches.
    pub(crate) fn of_payment(mut self, payment: &'a str) -> Self {
        self.payment = Some(payment);
        self
    }

    /// When it was paid, by the provider's clock in whole seconds.
    pub(crate) fn paid_at(mut self, paid_at: Option<OffsetDateTime>) -> Self {
        // Its second is over; and no later than the row, whose clock is another one.
        self.paid_at = paid_at.map(|at| millis(at).saturating_add(1_000));
        self
    }

    /// What else there is to say.
    pub(crate) fn with_detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// Adds it; whether it was not there before.
    pub(crate) async fn add(self, tx: &WriteTx) -> Result<bool, InternalError> {
        let sql = "INSERT INTO ledger (at, kind, order_id, user_id, amount, currency, provider_id, payment_id, detail, paid_at) \
                   VALUES ({now}, $1, $2, $3, $4, $5, $6, $7, $8, CASE WHEN $9 < {now} THEN $9 ELSE {now} END) ON CONFLICT DO NOTHING";
        let values: [Value; 9] = [
            self.kind.as_str().into(),
            self.order.id.to_vec().into(),
            self.order.user.to_vec().into(),
            self.amount.into(),
            (*self.order.terms.currency).into(),
            self.fact.into(),
            self.payment.into(),
            self.detail.into(),
            self.paid_at.into(),
        ];
        Ok(execute(&**tx, "writing the ledger", sql, values).await? == 1)
    }
}

/// A grant `g` of an order `o` whose payment was not given back in full, as a condition. A part that was given back changes nothing.
pub(crate) const NOT_RETURNED: &str = "(SELECT CAST(COALESCE(SUM(b.amount), 0) AS BIGINT) FROM ledger AS b \
     WHERE b.order_id = g.order_id AND b.payment_id = g.payment_id AND b.kind IN ('refund-done', 'dispute-lost')) < o.price";

/// The payment that an order was granted for, if it was.
pub(crate) async fn granted_payment(
    conn: &impl ConnectionTrait,
    order: [u8; 16],
) -> Result<Option<String>, InternalError> {
    let sql = "SELECT payment_id FROM ledger WHERE kind = 'grant' AND order_id = $1";
    let row = first(conn, "looking for a grant", sql, [order.to_vec().into()]).await?;
    row.map(|row| row.get("payment_id")).transpose()
}

/// Whether the user paid for what an order asks for by another one, after this one was made.
pub(crate) async fn is_wish_met(conn: &impl ConnectionTrait, order: &Order) -> Result<bool, InternalError> {
    let sql = format!(
        "SELECT g.id FROM ledger AS g JOIN orders AS o ON o.id = g.order_id WHERE g.kind = 'grant' AND g.user_id = $1 \
         AND o.plan = $2 AND o.id <> $3 AND g.paid_at >= $4 AND {NOT_RETURNED} LIMIT 1"
    );
    let values: [Value; 4] = [
        order.user.to_vec().into(),
        (*order.terms.plan).into(),
        order.id.to_vec().into(),
        order.created_at.into(),
    ];
    Ok(first(conn, "looking for another grant", &sql, values).await?.is_some())
}

/// Whether a dispute about a payment is open.
pub(crate) async fn is_disputed(conn: &impl ConnectionTrait, payment: &str) -> Result<bool, InternalError> {
    let sql = "SELECT d.id FROM ledger AS d WHERE d.kind = 'dispute' AND d.payment_id = $1 AND NOT EXISTS \
               (SELECT 1 FROM ledger AS e WHERE e.kind IN ('dispute-won', 'dispute-lost') AND e.provider_id = d.provider_id) LIMIT 1";
    Ok(first(conn, "looking for a dispute", sql, [payment.into()])
        .await?
        .is_some())
}

/// Whether a payment was lost in a dispute.
pub(crate) async fn is_lost(conn: &impl ConnectionTrait, payment: &str) -> Result<bool, InternalError> {
    let sql = "SELECT id FROM ledger WHERE kind = 'dispute-lost' AND payment_id = $1 LIMIT 1";
    Ok(first(conn, "looking for a dispute", sql, [payment.into()])
        .await?
        .is_some())
}

/// What was given back of a payment, or lost in a dispute.
pub(crate) async fn returned(conn: &impl ConnectionTrait, payment: &str) -> Result<i64, InternalError> {
    let sql = "SELECT CAST(COALESCE(SUM(amount), 0) AS BIGINT) AS returned FROM ledger \
               WHERE payment_id = $1 AND kind IN ('refund-done', 'dispute-lost')";
    let row = first(conn, "adding up what was given back", sql, [payment.into()]).await?;
    row.map_or(Ok(0), |row| row.get("returned"))
}

/// Whether an order was granted, and its payment not given back in full.
pub(crate) async fn is_granted_and_kept(conn: &impl ConnectionTrait, order: [u8; 16]) -> Result<bool, InternalError> {
    let sql = format!(
        "SELECT g.id FROM ledger AS g JOIN orders AS o ON o.id = g.order_id WHERE g.kind = 'grant' AND g.order_id = $1 AND {NOT_RETURNED}"
    );
    Ok(first(conn, "looking for a grant", &sql, [order.to_vec().into()])
        .await?
        .is_some())
}
