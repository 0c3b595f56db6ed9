//! `PATCH account`: another address, other notices; all of it or nothing.

use sealdrop_api::{
    Challenge, CodeText, Problem, ProblemType,
    account::{Account, NoticesChange},
};

use super::get::account;
use crate::{auth::caller::Signed, error::ServiceError, notices::choose::choose, service::Service};

/// What is to change. What is not there stays as it is.
#[derive(Debug, Clone, Copy, Default)]
pub struct AccountWish<'a> {
    /// The challenge of a new address, and the code that was sent there.
    pub email: Option<(&'a Challenge, &'a CodeText)>,
    /// The notices.
    pub notices: Option<NoticesChange>,
}

impl Service {
    /// Changes the account.
    ///
    /// # Errors
    /// `invalid-request` when nothing is to change. Of the address: `step-up-needed` for an access token, which cannot; `code-wrong`,
    /// `code-ended`; `email-taken`, and then nothing was changed.
    pub async fn change_account(&self, signed: &Signed, wish: AccountWish<'_>) -> Result<Account, ServiceError> {
        let notices = wish.notices.filter(|change| *change != NoticesChange::default());
        if wish.email.is_none() && notices.is_none() {
            let said = "There is nothing in it that could be changed.";
            return Err(Problem::new(ProblemType::InvalidRequest).with_detail(said).into());
        }
        let user = signed.user_id();
        let tx = self.inner.store.write().await?;
        if let Some((challenge, code)) = wish.email
            && let Some(refusal) = self.change_email(&tx, signed, challenge, code).await?
        {
            // The try counts.
            tx.commit().await?;
            return Err(refusal);
        }
        if let Some(change) = notices {
            choose(&tx, user, change).await?;
        }
        let changed = account(&*tx, user).await?;
        tx.commit().await?;
        self.inner.wake.wake();
        Ok(changed)
    }
}
