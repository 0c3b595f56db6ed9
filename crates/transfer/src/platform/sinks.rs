//! Where a download goes: each file to a sink of its own, all of them made and held together by one.

use super::chunk::Chunk;
use crate::error::TransferError;

/// Makes the place where a file of a download goes.
#[expect(async_fn_in_trait, reason = "driven on the thread that made it")]
pub trait Sinks {
    /// What is written.
    type Chunk: Chunk;
    /// One such place.
    type Sink: Sink<Chunk = Self::Chunk>;

    /// Opens the place for a file. Files of a pack stay unfinished until the whole pack is verified, so many may be
    /// open at the same time: a sink should hold nothing costly once its `len` bytes are written.
    ///
    /// # Errors
    /// [`TransferError::SaveRefused`], [`TransferError::DiskFull`].
    async fn open(&mut self, file: &SinkFile) -> Result<Self::Sink, TransferError>;

    /// Whether all files become one. Then each comes whole before the next is opened, and none is done before
    /// [`Self::close`].
    fn is_archive(&self) -> bool {
        false
    }

    /// Every file is finished, so everything is proven, and nothing is counted yet: what holds them together gets its
    /// end.
    ///
    /// # Errors
    /// As [`Sink::finish`].
    async fn close(&mut self) -> Result<(), TransferError> {
        Ok(())
    }

    /// There will be no end: what holds the files together is removed or marked. Their own sinks were aborted.
    async fn abort(&mut self) {}
}

/// A file that is about to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SinkFile {
    /// Its place in the list.
    pub index: usize,
    /// Its path as stored; map each component with `save_name` before use.
    pub path: String,
    /// Its exact bytes.
    pub len: u64,
    /// Bytes of it that an earlier run wrote and kept: the sink goes on behind them, and what it has beyond them is cut
    /// off. It may be all of them: then only the name is missing.
    pub offset: u64,
    /// Its type as the sender's system named it; display only.
    pub mime: Option<String>,
    /// When it was changed last, in ms since 1970 UTC.
    pub modified_ms: Option<u64>,
}

/// Where one file of a download goes. Everything written has been authenticated.
#[expect(async_fn_in_trait, reason = "driven on the thread that made it")]
pub trait Sink {
    /// What is written.
    type Chunk: Chunk;

    /// Takes the next bytes; resolves when it can take more.
    ///
    /// # Errors
    /// [`TransferError::DiskFull`], [`TransferError::SaveRefused`], [`TransferError::Cancelled`] if the person
    /// stopped it there.
    async fn write(&mut self, chunk: Self::Chunk) -> Result<(), TransferError>;

    /// All bytes are there and as much is proven as can be: the file gets its name.
    ///
    /// # Errors
    /// As [`Self::write`].
    async fn finish(self, proof: Proof) -> Result<(), TransferError>;

    /// It will not come to an end: what was written is removed or marked.
    async fn abort(self);

    /// It stops here, and a later run goes on from the last checkpoint: what was written stays.
    async fn suspend(self)
    where
        Self: Sized,
    {
        self.abort().await;
    }
}

/// What is known of a file when it is finished.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// Its objects were read whole and are, byte for byte, what the sender committed to (`tag_root`): unaltered.
    Whole,
    /// Picked out of a pack: every record opened in its place, the rest of the object was not read: complete.
    Complete,
}
