//! How a completion ended.

use sealdrop_api::{ObjectId, ProblemType};
use tokio::sync::watch;

use crate::store::uploads::State;

/// How a completion ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CompletionOutcome {
    /// The database says so now.
    Settled(State),
    /// It could not be carried on.
    Failed(Fault),
}

/// Why it could not be carried on. Logged where it happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    Transient,
    Lasting,
}

impl From<Fault> for ProblemType {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Transient => Self::Unavailable,
            Fault::Lasting => Self::Internal,
        }
    }
}

/// The completions that this process is carrying on, with the end of each.
pub(crate) type Completing = std::collections::HashMap<ObjectId, watch::Receiver<Option<CompletionOutcome>>>;
