//! Servers of one database that derive codes from different secrets: each refuses the other's codes. Each says which one it uses, by a
//! keyed hash.

use super::sql::{execute, first};
use crate::{error::InternalError, service::Service};

/// Milliseconds after which a process that said nothing is taken for ended. Upkeep says it every minute.
const STALE: i64 = 15 * 60_000;
/// Milliseconds after which it is said again.
const SAID_EVERY: i64 = 60_000;
/// Milliseconds after which it is forgotten.
const KEPT_FOR: i64 = 24 * 3_600_000;

impl Service {
    /// Says which secret this process uses.
    pub(crate) async fn note_auth_secret(&self) -> Result<(), InternalError> {
        let tx = self.inner.store.write().await?;
        let sql = format!(
            "INSERT INTO auth_secrets (fingerprint, seen_at) VALUES ($1, {{now}}) ON CONFLICT (fingerprint) \
             DO UPDATE SET seen_at = excluded.seen_at WHERE auth_secrets.seen_at < excluded.seen_at - {SAID_EVERY}"
        );
        execute(&*tx, "noting which secret is used", &sql, [self.fingerprint().into()]).await?;
        let sql = format!("DELETE FROM auth_secrets WHERE seen_at < {{now}} - {KEPT_FOR}");
        execute(&*tx, "forgetting secrets", &sql, []).await?;
        tx.commit().await
    }

    /// Whether all processes of the last minutes used the same secret, or what is wrong. Names no secret.
    pub(crate) async fn auth_secret_state(&self) -> Result<Result<(), String>, InternalError> {
        let sql = format!(
            "SELECT COUNT(*) AS others FROM auth_secrets WHERE fingerprint <> $1 AND seen_at > {{now}} - {STALE}"
        );
        let reader = self.inner.store.reader();
        let row = first(reader, "comparing secrets", &sql, [self.fingerprint().into()]).await?;
        let others: i64 = row.map_or(Ok(0), |row| row.get("others"))?;
        if others == 0 {
            return Ok(Ok(()));
        }
        Ok(Err(
            "another server of this database derives codes from another secret, so each refuses the other's: set SEALDROP_AUTH_SECRET \
             to the same value everywhere. After a change of it this ends within 15 minutes"
                .to_owned(),
        ))
    }

    fn fingerprint(&self) -> Vec<u8> {
        self.inner.auth.secret.tag("fingerprint", "")
    }
}
