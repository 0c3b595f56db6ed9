//! `GET auth/challenge`: where a challenge stands.

use std::fmt;

use sealdrop_api::{Challenge, ProblemType, auth::CodePurpose};

use super::{
    asked::{MAX_TRIES, TIMES, times},
    code::{Purpose, id_of},
};
use crate::{auth::sql::first, error::ServiceError, service::Service};

/// What is told of a challenge to who has it.
#[derive(Clone)]
pub struct Told {
    /// What its code is for.
    pub purpose: CodePurpose,
    /// Where its code was sent.
    pub email: String,
    /// Seconds for which the code is good.
    pub expires_in: u64,
    /// Seconds after which it can be sent again.
    pub resend_in: u64,
    /// Codes that may still be typed.
    pub tries_left: u32,
}

impl fmt::Debug for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Told")
            .field("tries_left", &self.tries_left)
            .finish_non_exhaustive()
    }
}

impl Service {
    /// Where a challenge stands that is live.
    ///
    /// # Errors
    /// `code-ended` for every other one.
    pub async fn get_challenge(&self, challenge: &Challenge) -> Result<Told, ServiceError> {
        let sql = format!(
            "SELECT purpose, address, tries, {TIMES} FROM challenges \
             WHERE id = $1 AND consumed_at IS NULL AND tries < {MAX_TRIES} AND expires_at > {{now}}"
        );
        let id = id_of(challenge).to_vec();
        let row = first(self.inner.store.reader(), "reading a challenge", &sql, [id.into()]).await?;
        let row = row.ok_or(ProblemType::CodeEnded)?;
        let (expires_in, resend_in) = times(&row)?;
        let purpose: String = row.get("purpose")?;
        let purpose = Purpose::of_row(&purpose).ok_or(ProblemType::CodeEnded)?;
        Ok(Told {
            purpose: purpose.on_the_wire(),
            email: row.get("address")?,
            expires_in,
            resend_in,
            tries_left: u32::try_from(MAX_TRIES - row.get::<i32>("tries")?).unwrap_or_default(),
        })
    }
}
