//! Whether a code's mail goes out, and what it says: decided when it is sent, once for each time it was asked for.

use std::fmt;

use sealdrop_mail::EmailAddress;

use super::{
    asked::{GOOD_FOR, MAX_TRIES},
    code::{Purpose, code_of},
};
use crate::{
    auth::sql::{Row, execute, first},
    error::InternalError,
    mails::holds,
    service::Service,
    store::WriteTx,
};

/// Mails to one address in an hour, from browsers that never signed in there; and as many again for those that did.
const ADDRESS_PER_HOUR: i64 = 5;
/// The same in a day.
const ADDRESS_PER_DAY: i64 = 10;
const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;
/// What all decisions wait for on Postgres: they count what others decided.
const LOCK: &[u8] = b"code-mail";

/// A mail with a code.
#[derive(Clone)]
pub(crate) struct CodeMail {
    /// Where it goes: to a user's stored address, never to what was typed; the code for a new address goes there.
    pub(crate) to: EmailAddress,
    /// Eight digits.
    pub(crate) code: String,
    /// Seconds for which they are good.
    expires_in: u64,
}

impl CodeMail {
    /// Minutes for which the code is good, counted as a person does who has to type it.
    pub(crate) fn minutes_left(&self) -> u32 {
        u32::try_from(self.expires_in.div_ceil(60)).unwrap_or(u32::MAX)
    }
}

impl fmt::Debug for CodeMail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CodeMail(redacted)")
    }
}

impl Service {
    /// The mail for a challenge. Nothing where none goes out: the code has ended, the address has had enough, or nobody may become a
    /// user with it. Asked again for the same wish, as after a failure of the transport, it answers the same.
    pub(crate) async fn code_mail(&self, challenge_id: &[u8]) -> Result<Option<CodeMail>, InternalError> {
        let tx = self.inner.store.write().await?;
        tx.lock_key(LOCK).await?;
        let sql = format!(
            "SELECT purpose, canonical, address, limit_key, user_id, device, sends, decided, may_mail, expires_at - {{now}} AS left_in \
             FROM challenges WHERE id = $1 AND consumed_at IS NULL AND tries < {MAX_TRIES} AND expires_at > {{now}}"
        );
        let Some(row) = first(&*tx, "reading a challenge", &sql, [challenge_id.to_vec().into()]).await? else {
            return Ok(None);
        };
        let purpose: String = row.get("purpose")?;
        let Some(purpose) = Purpose::of_row(&purpose) else {
            return Ok(None);
        };
        let typed = parse(row.get("address")?)?;
        let user = find_user(&tx, &row).await?;
        let is_allowed = if row.get::<i32>("decided")? >= row.get::<i32>("sends")? {
            row.get::<i32>("may_mail")? == 1
        } else {
            let wish = Wish {
                purpose,
                user: user.as_ref(),
                typed: &typed,
            };
            self.decide(&tx, challenge_id, &row, wish).await?
        };
        tx.commit().await?;
        if !is_allowed {
            return Ok(None);
        }
        let left = u64::try_from(row.get::<i64>("left_in")?).unwrap_or_default();
        Ok(Some(CodeMail {
            to: match (purpose, user) {
                // The one mail to an address that is not the user's yet.
                (Purpose::ChangeEmail, _) | (_, None) => typed,
                (_, Some(user)) => user.address,
            },
            code: code_of(&self.inner.auth.secret, challenge_id, purpose),
            expires_in: (left / 1000).min(GOOD_FOR),
        }))
    }

    async fn decide(
        &self,
        tx: &WriteTx,
        challenge_id: &[u8],
        row: &Row,
        wish: Wish<'_>,
    ) -> Result<bool, InternalError> {
        let Wish { purpose, user, typed } = wish;
        let device: Option<Vec<u8>> = row.get("device")?;
        // Who has a new address is not known before: such mails count as a stranger's, so that they use up nothing of its owner.
        let has_mark = match (user, device) {
            _ if purpose == Purpose::StepUp => true,
            (Some(user), Some(device)) if purpose == Purpose::SignIn => signed_in_there(tx, user, device).await?,
            _ => false,
        };
        let may_sign_in = user.is_some() || self.inner.auth.sign_up.takes(typed);
        let is_allowed = may_sign_in
            && address_has_room(tx, row.get("limit_key")?, has_mark).await?
            && self.all_have_room(tx, user.is_some()).await?
            // The last, because it may use up the one try of an address that bounced.
            && holds::admit(tx, typed.canonical()).await?;
        let sql = "UPDATE challenges SET decided = sends, may_mail = $2, mailed = mailed + $2, is_known = $3, has_mark = $4 WHERE id = $1";
        let values = [
            challenge_id.to_vec().into(),
            i32::from(is_allowed).into(),
            i32::from(user.is_some()).into(),
            i32::from(has_mark).into(),
        ];
        execute(&**tx, "noting whether a code goes out", sql, values).await?;
        Ok(is_allowed)
    }

    /// Whether all addresses together leave room for one more: of half of it those that are no user's have nothing.
    async fn all_have_room(&self, tx: &WriteTx, is_known: bool) -> Result<bool, InternalError> {
        let sql = format!(
            "SELECT COALESCE(SUM(mailed), 0) AS mailed, COALESCE(SUM(CASE WHEN is_known = 0 THEN mailed ELSE 0 END), 0) AS strangers \
             FROM challenges WHERE created_at > {{now}} - {HOUR} AND mailed > 0"
        );
        let row = first(&**tx, "counting codes", &sql, []).await?;
        let Some(row) = row else { return Ok(true) };
        let (mailed, strangers): (i64, i64) = (row.get("mailed")?, row.get("strangers")?);
        let most = i64::from(self.inner.auth.codes_per_hour);
        Ok(mailed < most && (is_known || strangers < most / 2))
    }
}

/// What a code is for, and whose it is.
struct Wish<'a> {
    purpose: Purpose,
    user: Option<&'a User>,
    typed: &'a EmailAddress,
}

/// A user that a mail goes to.
struct User {
    id: Vec<u8>,
    address: EmailAddress,
}

fn parse(address: String) -> Result<EmailAddress, InternalError> {
    EmailAddress::parse(&address).map_err(|error| InternalError::lasting("reading an address", error))
}

/// Who is signed in where that is known, else who has the address.
async fn find_user(tx: &WriteTx, row: &Row) -> Result<Option<User>, InternalError> {
    let id: Option<Vec<u8>> = row.get("user_id")?;
    let (column, value) = match id {
        Some(id) => ("id", id.into()),
        None => ("canonical", row.get::<String>("canonical")?.into()),
    };
    let sql = format!("SELECT id, address FROM users WHERE {column} = $1 AND closed_at IS NULL");
    let Some(found) = first(&**tx, "looking for a user", &sql, [value]).await? else {
        return Ok(None);
    };
    Ok(Some(User {
        id: found.get("id")?,
        address: parse(found.get("address")?)?,
    }))
}

/// Whether a browser with this mark signed in as this user before.
async fn signed_in_there(tx: &WriteTx, user: &User, device: Vec<u8>) -> Result<bool, InternalError> {
    let sql = "SELECT 1 AS there FROM devices WHERE mark_hash = $1 AND user_id = $2";
    let values = [device.into(), user.id.clone().into()];
    Ok(first(&**tx, "looking for a device", sql, values).await?.is_some())
}

/// Whether the address has had few mails. The budget of browsers that signed in before is another one than everybody's.
async fn address_has_room(tx: &WriteTx, limit_key: Vec<u8>, has_mark: bool) -> Result<bool, InternalError> {
    let sql = format!(
        "SELECT COALESCE(SUM(mailed), 0) AS in_day, COALESCE(SUM(CASE WHEN created_at > {{now}} - {HOUR} THEN mailed ELSE 0 END), 0) AS in_hour \
         FROM challenges WHERE limit_key = $1 AND created_at > {{now}} - {DAY} AND has_mark = $2"
    );
    let values = [limit_key.into(), i32::from(has_mark).into()];
    let Some(row) = first(&**tx, "counting an address's codes", &sql, values).await? else {
        return Ok(true);
    };
    Ok(row.get::<i64>("in_hour")? < ADDRESS_PER_HOUR && row.get::<i64>("in_day")? < ADDRESS_PER_DAY)
}
