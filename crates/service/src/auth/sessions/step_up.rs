//! `POST auth/step-up`: showing again that it is them.

use sealdrop_api::{Challenge, CodeText, ProblemType};

use crate::{
    auth::{
        caller::Signed,
        codes::{Answered, Purpose, judge},
        sql::execute,
    },
    error::ServiceError,
    service::Service,
};

impl Service {
    /// Notes for ten minutes that it is them. The code has to have been asked for with this session.
    ///
    /// # Errors
    /// `step-up-needed` for an access token, which cannot; `invalid-request`, `code-wrong`, `code-ended`.
    pub async fn step_up(&self, signed: &Signed, challenge: &Challenge, code: &CodeText) -> Result<(), ServiceError> {
        let session = signed.session().ok_or(ProblemType::StepUpNeeded)?;
        let tx = self.inner.store.write().await?;
        let secret = &self.inner.auth.secret;
        let answered = judge(&tx, secret, challenge, Purpose::StepUp, Some(session), code).await?;
        if let Answered::Right(_) = answered {
            let sql = "UPDATE sessions SET stepped_up_at = {now} WHERE id = $1 AND ended_at IS NULL";
            execute(&*tx, "noting a step-up", sql, [session.to_vec().into()]).await?;
        }
        tx.commit().await?;
        match answered {
            Answered::Right(_) => Ok(()),
            Answered::Wrong(refusal) => Err(refusal),
        }
    }
}
