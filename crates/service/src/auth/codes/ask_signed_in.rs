//! `POST auth/codes` of who is signed in: a code for a step-up, to the address that is known of them, or one to a new address.

use sealdrop_api::{Problem, ProblemType};

use super::{
    ask::{Asking, Target, parse_typed},
    asked::Asked,
    code::Purpose,
};
use crate::{
    auth::{account::stored_address, caller::Signed},
    error::ServiceError,
    service::Service,
};

impl Service {
    /// Asks for a code to show that it is still them. It is good for this session only.
    ///
    /// # Errors
    /// `step-up-needed` for an access token, which cannot; [`ServiceError::Later`].
    pub async fn ask_step_up_code(&self, signed: &Signed, asking: Asking<'_>) -> Result<Asked, ServiceError> {
        let session = signed.session().ok_or(ProblemType::StepUpNeeded)?;
        let user = signed.user_id();
        let address = stored_address(self.inner.store.reader(), user).await?;
        let target = Target {
            purpose: Purpose::StepUp,
            address: &address,
            user: Some(user),
            session: Some(session),
        };
        self.ask_code(&target, asking).await
    }

    /// Asks for a code to show that a new address is theirs. Whether another user has it changes neither the answer nor the work: that
    /// is said to who shows the code. The code is good for this session only; that it stepped up is judged here and not once more when
    /// the code comes, which may be ten minutes later.
    ///
    /// # Errors
    /// `step-up-needed`, also for an access token, which cannot; `invalid-request` when it is no address, or the one that they have;
    /// [`ServiceError::Later`].
    pub async fn ask_change_code(
        &self,
        signed: &Signed,
        new_email: &str,
        asking: Asking<'_>,
    ) -> Result<Asked, ServiceError> {
        signed.check_stepped_up()?;
        let session = signed.session().ok_or(ProblemType::StepUpNeeded)?;
        let address = parse_typed(new_email)?;
        let user = signed.user_id();
        let stored = stored_address(self.inner.store.reader(), user).await?;
        if stored.canonical() == address.canonical() {
            let said = "This is the address that the account has.";
            return Err(Problem::new(ProblemType::InvalidRequest).with_detail(said).into());
        }
        let target = Target {
            purpose: Purpose::ChangeEmail,
            address: &address,
            user: Some(user),
            session: Some(session),
        };
        self.ask_code(&target, asking).await
    }
}
