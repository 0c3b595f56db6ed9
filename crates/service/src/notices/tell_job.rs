//! The job that tells a user what happened, as it is added.

use serde::{Deserialize, Serialize};

use crate::{error::InternalError, jobs::queue::NewJob};

/// Its kind.
pub(crate) const NAME: &str = "tell_user";

#[derive(Serialize, Deserialize)]
pub(crate) struct Payload {
    pub(crate) user: [u8; 16],
}

/// The job of one user: never twice at the same time, so that its mails are counted one after another.
pub(crate) fn of(user: [u8; 16]) -> Result<NewJob, InternalError> {
    let job = NewJob::new(NAME, &Payload { user })?;
    Ok(job.with_key(format!("{:032x}", u128::from_be_bytes(user))))
}
