//! Closing an account: `DELETE account`, and what an operator does to a user.

use sealdrop_api::ProblemType;
use sealdrop_mail::EmailAddress;

use super::access::{end_access, lock_account};
use crate::{
    auth::{
        caller::Signed,
        codes::end_codes,
        sql::{execute, first},
    },
    billing::orders::end_open::end_open,
    error::{InternalError, ServiceError},
    jobs::{accounts::end_account, queue::enqueue},
    mails::{MailReason, NewMail, new_mail::enqueue_mail},
    service::Service,
    store::WriteTx,
};

impl Service {
    /// Closes the account of who is signed in: see [`close_account`].
    ///
    /// # Errors
    /// `step-up-needed`, also for an access token, which cannot; `unauthenticated` where it was closed this moment.
    pub async fn close_account(&self, signed: &Signed) -> Result<(), ServiceError> {
        signed.check_stepped_up()?;
        let tx = self.inner.store.write().await?;
        if !close_account(&tx, signed.user_id()).await? {
            return Err(ProblemType::Unauthenticated.into());
        }
        tx.commit().await?;
        self.inner.store.note_unclean();
        self.inner.wake.wake();
        Ok(())
    }
}

/// Closes a user's account, and answers whether there was one to close. Sessions, access tokens, codes and links end; browsers are
/// forgotten; a job deletes what was stored. The address is taken out of the user's row, gets a mail, and can sign up again, as
/// somebody else. The row stays, so that what names it names nobody else. The caller tells the store that there is something to
/// overwrite, and wakes the worker, once it has committed.
pub(crate) async fn close_account(tx: &WriteTx, user: [u8; 16]) -> Result<bool, InternalError> {
    lock_account(tx, user).await?;
    let sql = "SELECT canonical, address FROM users WHERE id = $1 AND closed_at IS NULL";
    let Some(row) = first(&**tx, "reading a user", sql, [user.to_vec().into()]).await? else {
        return Ok(false);
    };
    let (canonical, address): (String, String) = (row.get("canonical")?, row.get("address")?);
    end_codes(tx, &canonical, user).await?;
    tx.lock_key(&user).await?;
    let sql =
        "UPDATE users SET closed_at = {now}, canonical = NULL, address = NULL WHERE id = $1 AND closed_at IS NULL";
    if execute(&**tx, "closing a user", sql, [user.to_vec().into()]).await? == 0 {
        return Ok(false);
    }
    end_access(tx, user, None).await?;
    let sql = "DELETE FROM devices WHERE user_id = $1";
    execute(&**tx, "forgetting a user's browsers", sql, [user.to_vec().into()]).await?;
    // As the owner's hand does: nothing is signed for them any more. The job does the rest.
    let sql = "UPDATE links SET ended_reason = 'revoked', ended_at = COALESCE(ended_at, {now}), payload = NULL \
               WHERE user_id = $1 AND swept_at IS NULL";
    execute(&**tx, "ending a user's links", sql, [user.to_vec().into()]).await?;
    let sql = "DELETE FROM notices WHERE user_id = $1";
    execute(&**tx, "forgetting a user's notices", sql, [user.to_vec().into()]).await?;
    end_open(tx, user, None).await?;
    enqueue(tx, end_account::of(user)?).await?;
    // An address that an earlier version took and this one does not gets no mail.
    if let Ok(address) = EmailAddress::parse(&address) {
        enqueue_mail(tx, NewMail::new(address, MailReason::AccountClosed).of_user(&user)).await?;
    }
    tracing::info!("a user was closed");
    Ok(true)
}
