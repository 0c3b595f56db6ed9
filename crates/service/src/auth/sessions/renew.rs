//! A new value for a session's cookie, once a day.

use sealdrop_api::SessionToken;

use super::{find::LOST_AFTER, life::DAY};
use crate::{
    auth::{
        caller::Renewed,
        sql::{execute, random},
    },
    error::InternalError,
    proof,
    service::Service,
};

impl Service {
    /// Renews a session, if that is done soon. A value that comes too late is lost, which a later request makes up for: the one
    /// before stays good.
    pub(super) async fn renew_in_time(&self, id: [u8; 16], shown: [u8; 32], is_lost: bool) -> Renewed {
        let service = self.clone();
        // A task of its own: it ends whole, also when nobody waits for it any more.
        let renewing = tokio::spawn(async move { service.renew(id, shown, is_lost).await });
        match tokio::time::timeout(self.inner.auth.renew_within, renewing).await {
            Ok(Ok(Ok(renewed))) => renewed,
            Ok(Ok(Err(error))) => {
                tracing::warn!(%error, "a session was not renewed; its next request tries again");
                None
            }
            _ => None,
        }
    }

    /// Of requests that come at the same time, one is given the new value.
    async fn renew(&self, id: [u8; 16], shown: [u8; 32], is_lost: bool) -> Result<Renewed, InternalError> {
        let token = SessionToken::new(random()?);
        let sql = if is_lost {
            format!(
                "UPDATE sessions SET token_hash = $3, renewed_at = {{now}} WHERE id = $1 AND previous_hash = $2 \
                 AND previous_until IS NULL AND renewed_at <= {{now}} - {LOST_AFTER} AND ended_at IS NULL"
            )
        } else {
            format!(
                "UPDATE sessions SET previous_hash = token_hash, previous_until = NULL, token_hash = $3, renewed_at = {{now}} \
                 WHERE id = $1 AND token_hash = $2 AND renewed_at <= {{now}} - {DAY} AND ended_at IS NULL"
            )
        };
        let values = [
            id.to_vec().into(),
            shown.to_vec().into(),
            proof::digest(token.as_bytes()).to_vec().into(),
        ];
        let tx = self.inner.store.write().await?;
        let renewed = execute(&*tx, "renewing a session", &sql, values).await?;
        tx.commit().await?;
        Ok((renewed == 1).then_some(token))
    }
}
