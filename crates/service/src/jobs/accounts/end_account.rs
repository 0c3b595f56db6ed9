//! What a closed account stored leaves the bucket: its links were ended with it, their objects and what no link holds are given to deletion
//! here, a batch in each run.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::jobs::{
    BATCH,
    kind::{JobResult, Kind},
    queue::NewJob,
};
use crate::{
    error::InternalError,
    service::Service,
    store::{links, uploads},
};

const NAME: &str = "end_account";
/// After so long it is looked once more for what was under way when the account was closed. No request lives as long.
const ONCE_MORE_AFTER: Duration = Duration::from_secs(15 * 60);

#[derive(Serialize, Deserialize)]
struct Payload {
    user: [u8; 16],
    is_last: bool,
}

/// The job for one account, in the transaction that closes it.
pub(crate) fn of(user: [u8; 16]) -> Result<NewJob, InternalError> {
    job(user, false)
}

fn job(user: [u8; 16], is_last: bool) -> Result<NewJob, InternalError> {
    let job = NewJob::new(NAME, &Payload { user, is_last })?;
    Ok(job.with_key(format!("{:032x}", u128::from_be_bytes(user))))
}

pub(in crate::jobs) fn kind() -> Kind {
    Kind::once(NAME, |service: Service, payload: Payload| async move {
        service.end_account(&payload).await
    })
}

impl Service {
    async fn end_account(&self, payload: &Payload) -> JobResult {
        let (user, reader) = (payload.user, self.inner.store.reader());
        let ids = links::unswept_of_user(reader, user, BATCH).await?;
        let tokens = uploads::unlinked_tokens_of(reader, user, BATCH).await?;
        for id in &ids {
            self.revoke_of_closed(*id).await?;
        }
        for token in &tokens {
            self.give_up_unlinked(token).await?;
        }
        self.forget_link_events_of(user).await?;
        if ids.len() as u64 == BATCH || tokens.len() as u64 == BATCH {
            return Ok(Some(job(user, payload.is_last)?));
        }
        if payload.is_last {
            return Ok(None);
        }
        Ok(Some(job(user, true)?.after(ONCE_MORE_AFTER)))
    }
}
