//! The rows of `refunds`.

use sea_orm::ConnectionTrait;

use crate::{
    auth::sql::{Row, all, execute},
    billing::orders::row::hex,
    error::InternalError,
    store::WriteTx,
};

/// A refund that is not done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Due {
    pub(crate) id: [u8; 16],
    pub(crate) order: [u8; 16],
    pub(crate) payment: String,
    pub(crate) amount: i64,
    pub(crate) currency: String,
    /// What the provider knows our wish by.
    pub(crate) key: String,
    /// The provider's refund, once it was asked for.
    pub(crate) provider_id: Option<String>,
    pub(crate) tries: i32,
}

/// Those that are due, the longest waiting first.
pub(crate) async fn due(conn: &impl ConnectionTrait, limit: u32) -> Result<Vec<Due>, InternalError> {
    let sql = format!(
        "SELECT id, order_id, payment_id, amount, currency, refund_key, provider_id, tries FROM refunds \
         WHERE state <> 'done' AND try_at <= {{now}} ORDER BY try_at LIMIT {limit}"
    );
    let rows = all(conn, "looking for refunds", &sql, []).await?;
    rows.iter().map(read).collect()
}

fn read(row: &Row) -> Result<Due, InternalError> {
    Ok(Due {
        id: row.id("id")?,
        order: row.id("order_id")?,
        payment: row.get("payment_id")?,
        amount: row.get("amount")?,
        currency: row.get("currency")?,
        key: row.get("refund_key")?,
        provider_id: row.get("provider_id")?,
        tries: row.get("tries")?,
    })
}

/// The provider has it: it is looked at again after ten minutes.
pub(crate) async fn note_sent(tx: &WriteTx, refund: &Due, provider_id: &str) -> Result<(), InternalError> {
    let sql = "UPDATE refunds SET state = 'sent', provider_id = $2, error = NULL, try_at = {now} + 600000 WHERE id = $1 AND state <> 'done'";
    let values = [refund.id.to_vec().into(), provider_id.into()];
    execute(&**tx, "noting a refund", sql, values).await.map(drop)
}

/// It is done: by the provider's id, or by our key where the answer with the id was lost.
pub(crate) async fn note_done(tx: &WriteTx, provider_id: &str, key: Option<&str>) -> Result<(), InternalError> {
    let sql = "UPDATE refunds SET state = 'done', provider_id = $1, error = NULL, done_at = {now} \
               WHERE state <> 'done' AND (provider_id = $1 OR refund_key = $2)";
    execute(&**tx, "noting a refund", sql, [provider_id.into(), key.into()])
        .await
        .map(drop)
}

/// It is not owed any more: the buyer's bank took the money.
pub(crate) async fn note_needless(tx: &WriteTx, refund: &Due) -> Result<(), InternalError> {
    let sql = "UPDATE refunds SET state = 'done', error = 'lost in a dispute', done_at = {now} WHERE id = $1 AND state = 'owed'";
    execute(&**tx, "noting a refund", sql, [refund.id.to_vec().into()])
        .await
        .map(drop)
}

/// It is tried again, after longer waits and at least daily; it is never given up.
pub(crate) async fn note_failed(tx: &WriteTx, refund: &Due, why: &str) -> Result<(), InternalError> {
    let minutes = 1_i64 << refund.tries.clamp(0, 10);
    let wait = (minutes * 60_000).min(24 * 3_600_000);
    let why: String = why.chars().take(500).collect();
    let sql = "UPDATE refunds SET tries = tries + 1, error = $2, try_at = {now} + $3 WHERE id = $1 AND state <> 'done'";
    let values = [refund.id.to_vec().into(), why.into(), wait.into()];
    execute(&**tx, "noting a refund", sql, values).await.map(drop)
}

/// The provider gave it up, so no money moved: it is owed again, under another key, because the old one would only repeat that answer.
pub(crate) async fn owe_again(tx: &WriteTx, refund: &Due) -> Result<(), InternalError> {
    let key = format!("sealdrop-{}-{}", hex(refund.id), refund.tries + 1);
    let sql = "UPDATE refunds SET state = 'owed', provider_id = NULL, refund_key = $2, tries = tries + 1, \
               error = 'the provider could not pay it back', try_at = {now} + 3600000 WHERE id = $1 AND state = 'sent'";
    execute(&**tx, "noting a refund", sql, [refund.id.to_vec().into(), key.into()])
        .await
        .map(drop)
}
