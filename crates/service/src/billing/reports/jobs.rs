//! The job that handles an event, as it is added.

use serde::{Deserialize, Serialize};

use crate::{error::InternalError, jobs::queue::NewJob};

/// Its kind.
pub(crate) const NAME: &str = "handle_payment_event";

#[derive(Serialize, Deserialize)]
pub(crate) struct Payload {
    /// The provider's id of the event.
    pub(crate) event: String,
}

/// The job for one event.
pub(super) fn of(event: &str) -> Result<NewJob, InternalError> {
    let payload = Payload {
        event: event.to_owned(),
    };
    Ok(NewJob::new(NAME, &payload)?.with_key(event))
}
