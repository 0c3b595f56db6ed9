//! Changing a user.

use super::{key::UserKey, rows::find, users::UserAdmin};
use crate::{
    audit::{Action, Change, Operator, record},
    auth::{account::close::close_account, sql::first},
    error::{InternalError, ServiceError},
    store::{WriteTx, signed},
};

/// What became of an operator's wish.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UserChange {
    /// It is done.
    Done,
    /// There is no such user.
    Unknown,
    /// The user is closed.
    Closed,
}

impl UserAdmin {
    /// Lets a user hold so many sealed bytes, or again what their plan says. What they hold stays, if it is more: they send nothing
    /// until it is less.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn limit(
        &self,
        key: &UserKey,
        quota: Option<u64>,
        operator: &Operator,
    ) -> Result<UserChange, ServiceError> {
        let tx = self.store.write().await?;
        let Some(id) = find(&*tx, key).await? else {
            return Ok(UserChange::Unknown);
        };
        let Some(before) = set_quota(&tx, id, quota).await? else {
            return Ok(UserChange::Closed);
        };
        let words = |quota: Option<u64>| quota.map_or_else(|| "plan".to_owned(), |bytes| bytes.to_string());
        let change = Change {
            operator,
            action: Action::LimitUser,
            subject: super::key::hex(id),
            detail: Some(format!("{} -> {}", words(before), words(quota))),
        };
        record(&tx, change).await?;
        tx.commit().await?;
        Ok(UserChange::Done)
    }

    /// Closes a user, as they close their account themselves: their links end now, what they hold goes within a day.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn close(&self, key: &UserKey, operator: &Operator) -> Result<UserChange, ServiceError> {
        let tx = self.store.write().await?;
        let Some(id) = find(&*tx, key).await? else {
            return Ok(UserChange::Unknown);
        };
        if !close_account(&tx, id).await? {
            return Ok(UserChange::Closed);
        }
        let change = Change {
            operator,
            action: Action::CloseUser,
            subject: super::key::hex(id),
            detail: None,
        };
        record(&tx, change).await?;
        tx.commit().await?;
        // The server that runs does not know that there is something to take off the disk.
        self.store.note_unclean();
        if let Err(error) = self.store.scrub().await {
            tracing::warn!(%error, "the write-ahead log may still hold an address; the next start empties it");
        }
        Ok(UserChange::Done)
    }
}

/// Writes a user's own quota, and answers the one before; nothing if the user is closed.
async fn set_quota(tx: &WriteTx, id: [u8; 16], quota: Option<u64>) -> Result<Option<Option<u64>>, InternalError> {
    let doing = "limiting a user";
    // Held until the end of the transaction: what is noted as the value before is the value before.
    let sql =
        "UPDATE users SET reserved_bytes = reserved_bytes WHERE id = $1 AND closed_at IS NULL RETURNING quota_bytes";
    let Some(row) = first(&**tx, doing, sql, [id.to_vec().into()]).await? else {
        return Ok(None);
    };
    let before = row.get::<Option<i64>>("quota_bytes")?.map(crate::store::unsigned);
    let sql = "UPDATE users SET quota_bytes = $2 WHERE id = $1 RETURNING quota_bytes";
    first(&**tx, doing, sql, [id.to_vec().into(), quota.map(signed).into()]).await?;
    Ok(Some(before))
}
