//! What the server allows, and what a choice of files will weigh against it.

use sealdrop_api::Limits;

use super::{
    failure::{Failure, FailureKind},
    picked::Picked,
};

/// What this server allows.
///
/// # Errors
/// [`FailureKind::ServerAway`] if it cannot be asked.
pub async fn limits() -> Result<Limits, Failure> {
    Err(Failure::new(FailureKind::ServerAway))
}

/// Sealed bytes of all objects that these files will become, for the limit check before the first byte.
#[must_use]
pub fn sealed_bytes(files: &[Picked]) -> u64 {
    files.iter().map(|file| file.len).sum()
}
