//! The job that sends a mail, as it is added.

use sealdrop_mail::MailId;
use serde::{Deserialize, Serialize};

use crate::{error::InternalError, jobs::queue::NewJob};

/// Its kind.
pub(crate) const NAME: &str = "send_mail";

#[derive(Serialize, Deserialize)]
pub(crate) struct Payload {
    /// In hexadecimal.
    pub(crate) mail_id: String,
}

/// The job for one mail.
pub(crate) fn of(id: MailId) -> Result<NewJob, InternalError> {
    let mail_id = id.to_string();
    let job = NewJob::new(NAME, &Payload { mail_id })?;
    Ok(job.with_key(id.to_string()))
}
