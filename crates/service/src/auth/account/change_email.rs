//! Another address for an account: the code that was sent there has come back.

use sea_orm::{ConnectionTrait as _, Statement};
use sealdrop_api::{Challenge, CodeText, ProblemType};
use sealdrop_mail::EmailAddress;

use super::{
    access::{end_access, lock_account},
    get::stored_address,
};
use crate::{
    auth::{
        caller::Signed,
        codes::{Answered, Purpose, end_codes, judge},
        sql::first,
    },
    error::{InternalError, ServiceError},
    mails::{MailReason, NewMail, new_mail::enqueue_mail},
    service::Service,
    store::{WriteTx, db, is_duplicate},
};

impl Service {
    /// Changes the address; other sessions, all access tokens and the codes of the old address end, and the old address is told. Answers
    /// the refusal of a wrong code, whose try counts once the transaction is committed. After any other refusal the caller must not
    /// commit.
    pub(super) async fn change_email(
        &self,
        tx: &WriteTx,
        signed: &Signed,
        challenge: &Challenge,
        code: &CodeText,
    ) -> Result<Option<ServiceError>, ServiceError> {
        let session = signed.session().ok_or(ProblemType::StepUpNeeded)?;
        let user = signed.user_id();
        lock_account(tx, user).await?;
        let secret = &self.inner.auth.secret;
        let typed = match judge(tx, secret, challenge, Purpose::ChangeEmail, Some(session), code).await? {
            Answered::Right(address) => address,
            Answered::Wrong(refusal) => return Ok(Some(refusal)),
        };
        let new = EmailAddress::parse(&typed).map_err(|error| InternalError::lasting("reading an address", error))?;
        let old = stored_address(&**tx, user).await?;
        end_codes(tx, old.canonical(), user).await?;
        // Who signs in or makes an access token this moment is done before, or finds that the session has ended.
        tx.lock_key(&user).await?;
        if !take_address(tx, user, session, &new).await? {
            return Err(why_not(tx, session).await?);
        }
        end_access(tx, user, Some(session)).await?;
        enqueue_mail(tx, NewMail::new(old, MailReason::EmailChanged).of_user(&user)).await?;
        tracing::info!("a user has another address");
        Ok(None)
    }
}

/// Gives the user the address if nobody else has it. One statement; a sign-up that comes in between is stopped by the index.
async fn take_address(
    tx: &WriteTx,
    user: [u8; 16],
    session: [u8; 16],
    new: &EmailAddress,
) -> Result<bool, ServiceError> {
    let sql = "UPDATE users SET canonical = $2, address = $3 WHERE id = $1 AND closed_at IS NULL \
               AND EXISTS (SELECT 1 FROM sessions AS s WHERE s.id = $4 AND s.ended_at IS NULL) \
               AND NOT EXISTS (SELECT 1 FROM users AS o WHERE o.canonical = $2 AND o.closed_at IS NULL AND o.id <> $1)";
    let values = [
        user.to_vec().into(),
        new.canonical().into(),
        new.deliverable().into(),
        session.to_vec().into(),
    ];
    let update = Statement::from_sql_and_values(tx.get_database_backend(), sql, values);
    match tx.execute_raw(update).await {
        Ok(done) => Ok(done.rows_affected() == 1),
        Err(error) if is_duplicate(&error) => Err(ProblemType::EmailTaken.into()),
        Err(error) => Err(db("changing an address")(error).into()),
    }
}

async fn why_not(tx: &WriteTx, session: [u8; 16]) -> Result<ServiceError, InternalError> {
    let sql = "SELECT 1 AS live FROM sessions WHERE id = $1 AND ended_at IS NULL";
    let live = first(&**tx, "reading a session", sql, [session.to_vec().into()]).await?;
    let kind = match live {
        Some(_) => ProblemType::EmailTaken,
        None => ProblemType::Unauthenticated,
    };
    Ok(kind.into())
}
