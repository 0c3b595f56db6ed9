//! `GET account`: a user as they see themselves.

use sea_orm::ConnectionTrait;
use sealdrop_api::{EmailText, ProblemType, account::Account};
use sealdrop_mail::EmailAddress;

use crate::{
    auth::{caller::Signed, sql::first},
    error::{InternalError, ServiceError},
    notices::choose::{self, COLUMNS},
    service::Service,
    store::{
        instant,
        plans::{PLAN, STORAGE, USERS_WITH_TERMS},
        unsigned,
    },
};

impl Service {
    /// Who is signed in, and what they hold.
    ///
    /// # Errors
    /// `unauthenticated` where the user was closed this moment.
    pub async fn get_account(&self, signed: &Signed) -> Result<Account, ServiceError> {
        account(self.inner.store.reader(), signed.user_id()).await
    }
}

/// A user.
///
/// # Errors
/// `unauthenticated` where there is none, or it is closed.
pub(in crate::auth) async fn account(conn: &impl ConnectionTrait, user: [u8; 16]) -> Result<Account, ServiceError> {
    let sql = format!(
        "SELECT u.address, {PLAN} AS plan, u.created_at, u.used_bytes, u.reserved_bytes, {COLUMNS}, {STORAGE} AS storage_bytes \
         FROM {USERS_WITH_TERMS} WHERE u.id = $1 AND u.closed_at IS NULL"
    );
    let row = first(conn, "reading a user", &sql, [user.to_vec().into()]).await?;
    let row = row.ok_or(ProblemType::Unauthenticated)?;
    Ok(Account {
        email: EmailText(row.get("address")?),
        plan: row.get("plan")?,
        created_at: instant(row.get("created_at")?),
        used_bytes: unsigned(row.get("used_bytes")?),
        reserved_bytes: unsigned(row.get("reserved_bytes")?),
        quota_bytes: unsigned(row.get("storage_bytes")?),
        notices: choose::read(&row)?,
    })
}

/// Where mail to a user goes.
///
/// # Errors
/// `unauthenticated` where there is none, or it is closed.
pub(in crate::auth) async fn stored_address(
    conn: &impl ConnectionTrait,
    user: [u8; 16],
) -> Result<EmailAddress, ServiceError> {
    let sql = "SELECT address FROM users WHERE id = $1 AND closed_at IS NULL";
    let row = first(conn, "reading a user", sql, [user.to_vec().into()]).await?;
    let address: String = row.ok_or(ProblemType::Unauthenticated)?.get("address")?;
    let address = EmailAddress::parse(&address);
    Ok(address.map_err(|error| InternalError::lasting("reading a user's address", error))?)
}
