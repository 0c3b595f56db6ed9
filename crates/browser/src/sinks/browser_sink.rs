//! One file of a download on its way, whichever that is.

use js_sys::Uint8Array;
use sealdrop_transfer::{Proof, Sink, TransferError};

use super::download_stream::DownloadStream;
use crate::chunk::Pieces;
use crate::sinks::{
    blob_sink::Gathered,
    opfs::sink::Staged,
    picked_location::{Place, Written},
};

/// One download.
pub(crate) struct BrowserSink {
    pub(super) kept: Kept,
}

pub(super) enum Kept {
    Streamed {
        stream: DownloadStream,
        /// What came last: handed over when something follows it, or everything is proven.
        held: Vec<Uint8Array>,
    },
    Written(Written),
    Staged {
        staged: Staged,
        name: String,
        /// Where it goes when it is whole, if the person chose, and under which name an earlier page began that.
        place: Option<(Place, Option<String>)>,
    },
    Gathered(Gathered),
}

impl Sink for BrowserSink {
    type Chunk = Pieces;

    async fn write(&mut self, chunk: Pieces) -> Result<(), TransferError> {
        let views = chunk.into_views();
        if views.is_empty() {
            return Ok(());
        }
        match &mut self.kept {
            Kept::Streamed { stream, held } => stream.write(std::mem::replace(held, views)).await,
            Kept::Written(written) => {
                for view in views {
                    written.write(&view).await?;
                }
                Ok(())
            }
            Kept::Staged { staged, .. } => staged.write(views).await,
            Kept::Gathered(gathered) => gathered.push(views),
        }
    }

    async fn finish(self, _proof: Proof) -> Result<(), TransferError> {
        match self.kept {
            Kept::Streamed { mut stream, held } => {
                stream.write(held).await?;
                stream.end().await
            }
            Kept::Written(written) => written.close().await,
            Kept::Staged {
                staged,
                place: Some((place, named)),
                ..
            } => staged.put(&place, named.as_deref()).await,
            Kept::Staged { staged, name, .. } => staged.save(&name).await,
            Kept::Gathered(gathered) => gathered.save().await,
        }
    }

    async fn abort(self) {
        match self.kept {
            Kept::Written(written) => written.abort().await,
            Kept::Staged { staged, .. } => staged.abort().await,
            // Dropping does it: the stream is errored, what was gathered is forgotten.
            Kept::Streamed { .. } | Kept::Gathered(_) => {}
        }
    }

    async fn suspend(self) {
        match self.kept {
            Kept::Staged { staged, .. } => staged.suspend().await,
            _ => self.abort().await,
        }
    }
}
