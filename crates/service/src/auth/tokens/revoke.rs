//! `DELETE account/tokens/{token_id}`: ends an access token.

use sealdrop_api::{ProblemType, TokenId};

use super::row::GOOD;
use crate::{
    auth::{caller::Signed, sql::execute},
    error::ServiceError,
    service::Service,
};

impl Service {
    /// Ends one of the user's tokens.
    ///
    /// # Errors
    /// `access-token-not-found` for one that has ended, is another user's or nobody's.
    pub async fn revoke_token(&self, signed: &Signed, token: TokenId) -> Result<(), ServiceError> {
        let sql = format!(
            "UPDATE tokens SET revoked_at = {{now}} WHERE id IN (SELECT t.id FROM tokens AS t WHERE t.id = $1 AND t.user_id = $2 AND {GOOD})"
        );
        let values = [token.0.to_vec().into(), signed.user_id().to_vec().into()];
        let tx = self.inner.store.write().await?;
        let ended = execute(&*tx, "revoking an access token", &sql, values).await?;
        tx.commit().await?;
        if ended == 0 {
            return Err(ProblemType::AccessTokenNotFound.into());
        }
        Ok(())
    }
}
