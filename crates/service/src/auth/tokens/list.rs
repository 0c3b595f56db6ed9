//! `GET account/tokens`: the access tokens of a user.

use sealdrop_api::{
    TokenId,
    account::{AccessTokenStatus, TokenList},
};

use super::row::{GOOD, scopes_of_row};
use crate::{
    auth::{caller::Signed, sql::all},
    error::ServiceError,
    service::Service,
    store::instant,
};

impl Service {
    /// Those that are good, the newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_tokens(&self, signed: &Signed) -> Result<TokenList, ServiceError> {
        let sql = format!(
            "SELECT t.id, t.name, t.scopes, t.created_at, t.seen_at, t.expires_at FROM tokens AS t \
             WHERE t.user_id = $1 AND {GOOD} ORDER BY t.created_at DESC"
        );
        let user = signed.user_id().to_vec();
        let rows = all(
            self.inner.store.reader(),
            "reading a user's access tokens",
            &sql,
            [user.into()],
        )
        .await?;
        let mut tokens = Vec::with_capacity(rows.len());
        for row in rows {
            let scopes: String = row.get("scopes")?;
            let id = row.id("id")?;
            tokens.push(AccessTokenStatus {
                token_id: TokenId(id),
                name: row.get("name")?,
                scopes: scopes_of_row(&scopes),
                created_at: instant(row.get("created_at")?),
                seen_at: row.get::<Option<i64>>("seen_at")?.map(instant),
                expires_at: instant(row.get("expires_at")?),
                is_current: signed.token() == Some(id),
            });
        }
        Ok(TokenList { tokens })
    }
}
