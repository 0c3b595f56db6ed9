//! `DELETE auth/sessions/…`: ending one, or signing out.

use sealdrop_api::{ProblemType, SessionId, TokenId};

use super::life::live;
use crate::{
    auth::{
        caller::{By, Signed},
        sql::execute,
    },
    error::ServiceError,
    service::Service,
};

impl Service {
    /// Ends a session of the user.
    ///
    /// # Errors
    /// `session-not-found` for one that has ended, is another user's or nobody's.
    pub async fn end_session(&self, signed: &Signed, session: SessionId) -> Result<(), ServiceError> {
        let sql = format!(
            "UPDATE sessions SET ended_at = {{now}} WHERE id IN (SELECT s.id FROM sessions AS s WHERE s.id = $1 AND s.user_id = $2 AND {})",
            live()
        );
        let values = [session.0.to_vec().into(), signed.user_id().to_vec().into()];
        let tx = self.inner.store.write().await?;
        let ended = execute(&*tx, "ending a session", &sql, values).await?;
        tx.commit().await?;
        if ended == 0 {
            return Err(ProblemType::SessionNotFound.into());
        }
        Ok(())
    }

    /// Signs out: ends the session, or revokes the access token, that the caller came with.
    ///
    /// # Errors
    /// When the database fails. What has ended meanwhile is no error.
    pub async fn sign_out(&self, signed: &Signed) -> Result<(), ServiceError> {
        let ended = match signed.by {
            By::Session { id, .. } => self.end_session(signed, SessionId(id)).await,
            By::Token { id, .. } => self.revoke_token(signed, TokenId(id)).await,
        };
        match ended {
            Err(ServiceError::Problem(problem))
                if matches!(
                    problem.kind,
                    ProblemType::SessionNotFound | ProblemType::AccessTokenNotFound
                ) =>
            {
                Ok(())
            }
            done => done,
        }
    }
}
