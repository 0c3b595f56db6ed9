//! `POST auth/codes` for a step-up: a code for who is signed in, to the address that is known of them.

use sealdrop_api::ProblemType;

use super::{
    ask::{Asking, Target},
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
}
