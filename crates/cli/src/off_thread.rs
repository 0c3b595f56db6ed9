//! Work beside the network.

use sealdrop_transfer::{DeviceFault, TransferError};

/// Runs work that computes or blocks on a thread of its own.
pub(crate) async fn off_thread<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, TransferError> + Send + 'static,
) -> Result<T, TransferError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(_) => Err(TransferError::device(DeviceFault::Worker, "")),
    }
}
