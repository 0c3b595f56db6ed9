//! What is done to a fleet.

use std::{path::PathBuf, time::Duration};

use crate::s3::Endpoint;

/// What is done to a fleet, and for how long.
#[derive(Debug, Clone)]
pub struct Plan {
    /// How long there is load.
    pub lasts: Duration,
    /// Between two kills.
    pub kill_every: Duration,
    /// Between two restarts in order.
    pub restart_every: Duration,
    /// Processes that only work; with any, servers do not.
    pub workers: usize,
    /// The bucket of all servers.
    pub bucket: Endpoint,
    /// Another server for one of the processes, such as that of the version before.
    pub older_server: Option<PathBuf>,
}
