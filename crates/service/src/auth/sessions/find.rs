//! Finding the session of a cookie.

use sealdrop_api::SessionToken;

use super::life::{DAY, SEEN_EVERY, live};
use crate::{
    auth::{
        caller::{By, Caller, Renewed, Signed},
        sql::{execute, first},
    },
    error::{InternalError, ServiceError},
    proof,
    service::Service,
};

/// Milliseconds for which a step-up is good.
const STEPPED_UP_FOR: i64 = 10 * 60_000;
/// Milliseconds after which a new value that nobody has shown is taken for lost. No answer takes as long.
pub(super) const LOST_AFTER: i64 = 60_000;

/// A session that was found, and what there is to write about it.
struct Found {
    id: [u8; 16],
    user: [u8; 16],
    /// The user's address.
    address: String,
    is_stepped_up: bool,
    /// Its value is the newest one, and the one before is still good.
    is_first_use: bool,
    is_due: bool,
    is_lost: bool,
    is_stale: bool,
}

impl Service {
    /// Whose session this is, and the next value of its cookie, if it is time for one.
    pub(in crate::auth) async fn find_session(&self, token: &SessionToken) -> Result<(Caller, Renewed), InternalError> {
        let Some((found, renewed)) = self.use_session(token).await? else {
            return Ok((Caller::Guest, None));
        };
        let by = By::Session {
            id: found.id,
            is_stepped_up: found.is_stepped_up,
        };
        let user = found.user;
        Ok((Caller::User(Signed { user, by }), renewed))
    }

    /// The address of who asks for a page with this cookie, and its next value, if it is time for one. One statement.
    ///
    /// # Errors
    /// When the database fails: then nobody is taken for a guest.
    pub async fn meet(&self, token: &SessionToken) -> Result<(Option<String>, Renewed), ServiceError> {
        let found = self.use_session(token).await?;
        Ok(found.map_or((None, None), |(found, renewed)| (Some(found.address), renewed)))
    }

    /// Whether this is the cookie of a user whose account was closed lately.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn is_of_closed_account(&self, token: &SessionToken) -> Result<bool, ServiceError> {
        let sql = "SELECT 1 AS closed FROM sessions AS s JOIN users AS u ON u.id = s.user_id \
                   WHERE (s.token_hash = $1 OR s.previous_hash = $1) AND u.closed_at IS NOT NULL";
        let hash = proof::digest(token.as_bytes()).to_vec();
        let found = first(self.inner.store.reader(), "reading a session", sql, [hash.into()]).await?;
        Ok(found.is_some())
    }

    /// The session of a cookie, and its next value, if it is time for one; notes that it is used.
    async fn use_session(&self, token: &SessionToken) -> Result<Option<(Found, Renewed)>, InternalError> {
        let hash = proof::digest(token.as_bytes());
        let Some(found) = self.read_session(&hash).await? else {
            return Ok(None);
        };
        let renewed = if found.is_due || found.is_lost {
            self.renew_in_time(found.id, hash, found.is_lost).await
        } else {
            None
        };
        if found.is_first_use || found.is_stale {
            self.note_use(&found, hash);
        }
        Ok(Some((found, renewed)))
    }

    async fn read_session(&self, hash: &[u8; 32]) -> Result<Option<Found>, InternalError> {
        let flag = |condition: &str, name: &str| format!("CASE WHEN {condition} THEN 1 ELSE 0 END AS {name}");
        let is_newest = "s.token_hash = $1";
        let flags = [
            flag(
                &format!("s.stepped_up_at > {{now}} - {STEPPED_UP_FOR}"),
                "is_stepped_up",
            ),
            flag(
                &format!("{is_newest} AND s.previous_hash IS NOT NULL AND s.previous_until IS NULL"),
                "is_first_use",
            ),
            flag(&format!("{is_newest} AND s.renewed_at <= {{now}} - {DAY}"), "is_due"),
            flag(
                &format!("NOT {is_newest} AND s.previous_until IS NULL AND s.renewed_at <= {{now}} - {LOST_AFTER}"),
                "is_lost",
            ),
            flag(&format!("s.seen_at <= {{now}} - {SEEN_EVERY}"), "is_stale"),
        ];
        let sql = format!(
            "SELECT s.id, s.user_id, u.address, {} FROM sessions AS s JOIN users AS u ON u.id = s.user_id WHERE ({is_newest} OR \
             (s.previous_hash = $1 AND (s.previous_until IS NULL OR s.previous_until > {{now}}))) AND {} AND u.closed_at IS NULL",
            flags.join(", "),
            live()
        );
        let row = first(
            self.inner.store.reader(),
            "reading a session",
            &sql,
            [hash.to_vec().into()],
        )
        .await?;
        let Some(row) = row else { return Ok(None) };
        let is = |name: &str| row.get::<i32>(name).map(|flag| flag == 1);
        Ok(Some(Found {
            id: row.id("id")?,
            user: row.id("user_id")?,
            address: row.get("address")?,
            is_stepped_up: is("is_stepped_up")?,
            is_first_use: is("is_first_use")?,
            is_due: is("is_due")?,
            is_lost: is("is_lost")?,
            is_stale: is("is_stale")?,
        }))
    }

    /// Notes that a session is used, and that its newest value arrived: beside the request, which waits for no writer.
    fn note_use(&self, found: &Found, hash: [u8; 32]) {
        let (service, id) = (self.clone(), found.id.to_vec());
        let seen = format!("UPDATE sessions SET seen_at = {{now}} WHERE id = $1 AND seen_at <= {{now}} - {SEEN_EVERY}");
        let arrived = "UPDATE sessions SET previous_until = {now} + 60000 WHERE id = $1 AND token_hash = $2 \
                       AND previous_hash IS NOT NULL AND previous_until IS NULL";
        let (is_first_use, is_stale) = (found.is_first_use, found.is_stale);
        tokio::spawn(async move {
            let written = async {
                let tx = service.inner.store.write().await?;
                if is_stale {
                    execute(&*tx, "noting that a session is used", &seen, [id.clone().into()]).await?;
                }
                if is_first_use {
                    let values = [id.into(), hash.to_vec().into()];
                    execute(&*tx, "noting that a cookie arrived", arrived, values).await?;
                }
                tx.commit().await
            };
            if let Err(error) = written.await {
                tracing::warn!(%error, "that a session is used was not noted; its next request does it");
            }
        });
    }
}
