//! What is sent without being a file.

use crate::error::TransferError;

/// A source that can be read once, of unknown length.
#[expect(async_fn_in_trait, reason = "driven on the thread that made it")]
pub trait Pipe {
    /// Reads some bytes into `buffer`; 0 only at the end.
    ///
    /// # Errors
    /// [`TransferError::SourceUnreadable`].
    async fn read(&mut self, buffer: &mut [u8]) -> Result<usize, TransferError>;
}
