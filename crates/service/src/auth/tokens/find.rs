//! Finding the user of an access token.

use sealdrop_api::AccessToken;

use super::row::{GOOD, scopes_of_row};
use crate::{
    auth::{
        caller::{By, Caller, Signed},
        sessions::life::SEEN_EVERY,
        sql::{execute, first},
    },
    error::InternalError,
    proof,
    service::Service,
};

impl Service {
    /// Whose token this is. Every use asks whether the user is still there.
    pub(in crate::auth) async fn find_token(&self, token: &AccessToken) -> Result<Caller, InternalError> {
        let sql = format!(
            "SELECT t.id, t.user_id, t.scopes, CASE WHEN t.seen_at > {{now}} - {SEEN_EVERY} THEN 0 ELSE 1 END AS is_stale \
             FROM tokens AS t JOIN users AS u ON u.id = t.user_id WHERE t.token_hash = $1 AND {GOOD} AND u.closed_at IS NULL"
        );
        let hash = proof::digest(token.as_bytes()).to_vec();
        let row = first(
            self.inner.store.reader(),
            "reading an access token",
            &sql,
            [hash.into()],
        )
        .await?;
        let Some(row) = row else { return Ok(Caller::Guest) };
        let id = row.id("id")?;
        if row.get::<i32>("is_stale")? == 1 {
            self.note_token_use(id);
        }
        let scopes: String = row.get("scopes")?;
        Ok(Caller::User(Signed {
            user: row.id("user_id")?,
            by: By::Token {
                id,
                scopes: scopes_of_row(&scopes),
            },
        }))
    }

    /// Beside the request, which waits for no writer.
    fn note_token_use(&self, id: [u8; 16]) {
        let service = self.clone();
        let sql = format!(
            "UPDATE tokens SET seen_at = {{now}} WHERE id = $1 AND (seen_at IS NULL OR seen_at <= {{now}} - {SEEN_EVERY})"
        );
        tokio::spawn(async move {
            let written = async {
                let tx = service.inner.store.write().await?;
                execute(&*tx, "noting that an access token is used", &sql, [id.to_vec().into()]).await?;
                tx.commit().await
            };
            if let Err(error) = written.await {
                tracing::warn!(%error, "that an access token is used was not noted; its next request does it");
            }
        });
    }
}
