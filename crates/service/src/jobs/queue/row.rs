//! A job as an operator sees it.

use time::OffsetDateTime;

/// One job that is not done. Nothing here is secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobRow {
    /// What [`crate::JobQueue::retry`] and [`crate::JobQueue::drop_job`] take.
    pub id: i64,
    /// What is to be done.
    pub kind: String,
    /// What it is to be done to, where that matters.
    pub key: Option<String>,
    /// `waiting`, `running` or `dead`.
    pub state: String,
    /// How often it was begun; of a periodic job since its last success.
    pub tries: i32,
    /// Whether it needs a look: dead, or periodic and failed ten times in a row.
    pub has_failed: bool,
    /// Whether it comes again.
    pub is_periodic: bool,
    /// Why the last try failed.
    pub error: Option<String>,
    /// When it runs next, or ran.
    pub run_at: OffsetDateTime,
    /// When it died, or, if it is periodic, when it last succeeded.
    pub ended_at: Option<OffsetDateTime>,
}

/// What became of an operator's wish.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobChange {
    /// It is done.
    Done,
    /// There is no such job.
    Unknown,
    /// A worker runs it.
    Running,
    /// It is done, or was, and will not run again.
    Ended,
    /// Periodic jobs stay.
    Periodic,
    /// Another job with the same kind and key waits already.
    AnotherWaits,
}
