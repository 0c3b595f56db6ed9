//! Where a journal is kept, and the one that keeps nothing.

use sealdrop_crypto::{BlobKey, DeviceKey};

use crate::error::TransferError;

/// Where an unfinished upload is written down: the browser's database, the command line's state folder.
#[expect(async_fn_in_trait, reason = "driven on the thread that made it")]
pub trait Journal {
    /// The device's key. It need not be readable.
    type Key: BlobKey;

    /// What seals the lines' secrets. `None` where nothing can be kept: then nothing is written, and an upload that
    /// fails is removed.
    fn key(&self) -> Option<&Self::Key>;

    /// Adds a line; when this resolves, it survives a crash. Lines hold no line break.
    ///
    /// # Errors
    /// [`TransferError::Device`], [`TransferError::DiskFull`].
    async fn append(&self, line: &str) -> Result<(), TransferError>;

    /// Adds several, in this order; when this resolves, all of them survive a crash. One write, where that is cheaper.
    ///
    /// # Errors
    /// As [`Self::append`].
    async fn append_all(&self, lines: &[String]) -> Result<(), TransferError> {
        for line in lines {
            self.append(line).await?;
        }
        Ok(())
    }

    /// The files that were given are those that this upload goes on with: what finds them again may be kept now, and no
    /// earlier. A pick that is refused must not cost what finds the right ones.
    async fn accepted(&self) {}

    /// The upload is over: nothing of it is left here.
    async fn remove(&self);
}

/// A journal that keeps nothing: for pipes, which cannot be read again, and where there is no storage.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoJournal;

impl Journal for NoJournal {
    type Key = DeviceKey;

    fn key(&self) -> Option<&DeviceKey> {
        None
    }

    async fn append(&self, _: &str) -> Result<(), TransferError> {
        Ok(())
    }

    async fn remove(&self) {}
}
