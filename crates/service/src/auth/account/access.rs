//! What changing the address and closing the account have in common.

use crate::{auth::sql::execute, error::InternalError, store::WriteTx};

/// What changes and closing of one account wait for. Another lock than that of sign-ins, which hold the row of a code when they wait.
pub(super) async fn lock_account(tx: &WriteTx, user: [u8; 16]) -> Result<(), InternalError> {
    tx.lock_key(&user[8..]).await
}

/// Ends a user's sessions but one, and all access tokens.
pub(super) async fn end_access(tx: &WriteTx, user: [u8; 16], except: Option<[u8; 16]>) -> Result<(), InternalError> {
    let sql = "UPDATE sessions SET ended_at = {now} WHERE user_id = $1 AND id <> $2 AND ended_at IS NULL";
    // No id is empty.
    let except = except.map_or_else(Vec::new, |id| id.to_vec());
    execute(
        &**tx,
        "ending a user's sessions",
        sql,
        [user.to_vec().into(), except.into()],
    )
    .await?;
    let sql = "UPDATE tokens SET revoked_at = {now} WHERE user_id = $1 AND revoked_at IS NULL";
    execute(&**tx, "ending a user's access tokens", sql, [user.to_vec().into()]).await?;
    Ok(())
}
