//! What a user may use because they paid, made anew from the ledger whenever that changes.

use sea_orm::Value;

use super::{
    ledger::NOT_RETURNED,
    rules::entitlement::{Grant, validities},
    terms::{self, Terms},
};
use crate::{
    auth::sql::{all, execute},
    error::InternalError,
    store::{WriteTx, instant, millis},
};

/// Writes a user's entitlements, in the transaction that changed the ledger and holds the user's lock.
pub(crate) async fn derive(tx: &WriteTx, user: [u8; 16]) -> Result<(), InternalError> {
    let sql = format!(
        "SELECT g.at, o.id, o.plan, {} FROM ledger AS g JOIN orders AS o ON o.id = g.order_id \
         WHERE g.kind = 'grant' AND g.user_id = $1 AND {NOT_RETURNED} ORDER BY g.id",
        terms::COLUMNS_OF_ORDER
    );
    let rows = all(&**tx, "reading what was granted", &sql, [user.to_vec().into()]).await?;
    let (mut orders, mut grants) = (Vec::new(), Vec::new());
    for row in &rows {
        let terms = Terms::read(row.get("plan")?, row)?;
        grants.push(Grant {
            plan: terms.plan.clone(),
            at: instant(row.get("at")?),
            months: terms.months,
        });
        orders.push((row.id("id")?, terms));
    }
    let doing = "writing what a user may use";
    let sql = "DELETE FROM entitlements WHERE user_id = $1";
    execute(&**tx, doing, sql, [user.to_vec().into()]).await?;
    let sql = "INSERT INTO entitlements (order_id, user_id, plan, storage_bytes, max_link_bytes, max_expires_in, max_downloads, starts_at, ends_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    for ((order, terms), validity) in orders.into_iter().zip(validities(&grants)) {
        let order: [u8; 16] = order;
        let values: [Value; 9] = [
            order.to_vec().into(),
            user.to_vec().into(),
            terms.plan.into(),
            terms.storage_bytes.into(),
            terms.max_link_bytes.into(),
            terms.max_expires_in.into(),
            terms.max_downloads.into(),
            millis(validity.starts_at).into(),
            millis(validity.ends_at).into(),
        ];
        execute(&**tx, doing, sql, values).await?;
    }
    Ok(())
}
