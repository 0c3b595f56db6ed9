//! One attack.

use std::sync::Arc;

use futures::future::BoxFuture;

use super::stranger::Stranger;
use crate::installation::TestInstallation;

/// Writes into the database of an installation whose server does not run.
pub type Aged = fn(&TestInstallation) -> BoxFuture<'_, anyhow::Result<()>>;

/// One way to keep everyone else out. Returns what it did and which answers it got, for the table.
#[derive(Clone, Copy)]
pub struct Attack {
    /// The row of `docs/design/faults.md`, such as `N01`.
    pub row: &'static str,
    /// In a few words.
    pub name: &'static str,
    /// Rows that were left in the database long ago. Then revoked objects must also be gone from the bucket in time.
    pub aged: Option<Aged>,
    /// Does it, within five to ten seconds.
    pub run: fn(Arc<Stranger>) -> BoxFuture<'static, anyhow::Result<String>>,
}

impl std::fmt::Debug for Attack {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.row, self.name)
    }
}
