//! One file of a download on its way, whichever that is.

use js_sys::Uint8Array;
use sealdrop_transfer::{Proof, Sink, TransferError};

use super::download_stream::DownloadStream;
use crate::chunk::Pieces;
use crate::sinks::{
    blob_sink::BlobSink,
    opfs::sink::OpfsSink,
    picked_location::{PickedLocation, Written},
};

/// One download.
pub(crate) struct BrowserSink {
    pub(super) kept: Target,
}

pub(super) enum Target {
    Streamed {
        stream: DownloadStream,
        /// What came last: handed over when something follows it, or everything is proven.
        held: Vec<Uint8Array>,
    },
    Written(Written),
    Opfs {
        staged: OpfsSink,
        name: String,
        /// Where it goes when it is whole, if the person chose, and under which name an earlier page began that.
        place: Option<(PickedLocation, Option<String>)>,
    },
    Blob(BlobSink),
}

impl Sink for BrowserSink {
    type Chunk = Pieces;

    async fn write(&mut self, chunk: Pieces) -> Result<(), TransferError> {
        let views = chunk.into_views();
        if views.is_empty() {
            return Ok(());
        }
        match &mut self.kept {
            Target::Streamed { stream, held } => stream.write(std::mem::replace(held, views)).await,
            Target::Written(written) => {
                for view in views {
                    written.write(&view).await?;
                }
                Ok(())
            }
            Target::Opfs { staged, .. } => staged.write(views).await,
            Target::Blob(blob) => blob.push(views),
        }
    }

    async fn finish(self, _proof: Proof) -> Result<(), TransferError> {
        match self.kept {
            Target::Streamed { mut stream, held } => {
                stream.write(held).await?;
                stream.end().await
            }
            Target::Written(written) => written.close().await,
            Target::Opfs {
                staged,
                place: Some((place, named)),
                ..
            } => staged.put(&place, named.as_deref()).await,
            Target::Opfs { staged, name, .. } => staged.save(&name).await,
            Target::Blob(blob) => blob.save().await,
        }
    }

    async fn abort(self) {
        match self.kept {
            Target::Written(written) => written.abort().await,
            Target::Opfs { staged, .. } => staged.abort().await,
            // Dropping does it: the stream is errored, what was gathered is forgotten.
            Target::Streamed { .. } | Target::Blob(_) => {}
        }
    }

    async fn suspend(self) {
        match self.kept {
            Target::Opfs { staged, .. } => staged.suspend().await,
            _ => self.abort().await,
        }
    }
}
