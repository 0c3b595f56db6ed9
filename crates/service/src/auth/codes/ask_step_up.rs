//! `POST auth/codes` for a step-up: a code for who is signed in, to the address that is known of them.

use sealdrop_api::ProblemType;
use sealdrop_mail::EmailAddress;

use super::{
    ask::{Asking, Target},
    asked::Asked,
    code::Purpose,
};
use crate::{
    auth::{caller::Signed, sql::first},
    error::{InternalError, ServiceError},
    service::Service,
};

impl Service {
    /// Asks for a code to show that it is still them. It is good for this session only.
    ///
    /// # Errors
    /// `step-up-needed` for an access token, which cannot; [`ServiceError::Later`].
    pub async fn ask_step_up_code(&self, signed: &Signed, asking: Asking<'_>) -> Result<Asked, ServiceError> {
        let session = signed.session().ok_or(ProblemType::StepUpNeeded)?;
        let sql = "SELECT address FROM users WHERE id = $1 AND closed_at IS NULL";
        let user = signed.user_id();
        let row = first(self.inner.store.reader(), "reading a user", sql, [user.to_vec().into()]).await?;
        let row = row.ok_or(ProblemType::Unauthenticated)?;
        let address: String = row.get("address")?;
        let address =
            EmailAddress::parse(&address).map_err(|error| InternalError::lasting("reading a user's address", error))?;
        let target = Target {
            purpose: Purpose::StepUp,
            address: &address,
            user: Some(user),
            session: Some(session),
        };
        self.ask_code(&target, asking).await
    }
}
