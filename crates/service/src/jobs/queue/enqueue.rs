//! Adding a job, in the transaction that causes it.

use std::time::Duration;

use sea_orm::ConnectionTrait as _;
use serde::Serialize;

use super::sql::{execute, least, millis, now};
use crate::{error::InternalError, store::WriteTx};

/// A job that is not in the table yet.
#[derive(Debug, Clone)]
pub(crate) struct NewJob {
    kind: &'static str,
    key: Option<String>,
    payload: String,
    wait: Duration,
}

impl NewJob {
    /// A job of a kind of the registry. The payload is stored in the clear and may be listed: no secret goes into it.
    pub(crate) fn new(kind: &'static str, payload: &impl Serialize) -> Result<Self, InternalError> {
        let payload =
            serde_json::to_string(payload).map_err(|error| InternalError::lasting("writing a job's payload", error))?;
        Ok(Self {
            kind,
            key: None,
            payload,
            wait: Duration::ZERO,
        })
    }

    /// Jobs with the same kind and key are one job as long as it waits, with the newest payload; they never run at the same time.
    pub(crate) fn with_key(mut self, key: impl Into<String>) -> Self {
        self.key = Some(key.into());
        self
    }

    /// Not before so long after it was added.
    pub(crate) fn after(mut self, wait: Duration) -> Self {
        self.wait = wait;
        self
    }
}

/// Adds a job, to run once the transaction is committed and its wait is over. [`crate::jobs::wake::Wake`] tells the worker of this process.
pub(crate) async fn enqueue(tx: &WriteTx, job: NewJob) -> Result<(), InternalError> {
    let backend = tx.get_database_backend();
    let (now, least, wait) = (now(backend), least(backend), millis(job.wait));
    // The row of the same key is written and not only left: that locks it until this transaction ends, so a worker does not run it
    // without seeing what this transaction did.
    let sql = format!(
        "INSERT INTO jobs (kind, key, payload, state, run_at, made_at, written_at) \
         VALUES ($1, $2, $3, 'waiting', {now} + {wait}, {now}, {now}) ON CONFLICT (kind, key) WHERE state = 'waiting' \
         DO UPDATE SET payload = excluded.payload, run_at = {least}(jobs.run_at, excluded.run_at), written_at = excluded.written_at"
    );
    let values = [job.kind.into(), job.key.into(), job.payload.into()];
    execute(&**tx, "adding a job", sql, values).await.map(drop)
}
