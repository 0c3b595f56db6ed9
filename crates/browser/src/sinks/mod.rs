//! Where files of a download go: the browser's own downloads, however large, through the service worker; or memory,
//! up to a cap, where there is none.
//!
//! A file is never complete before it is proven: its last bytes are handed over when the spine says so.

mod content_disposition;
mod destination;
mod download_stream;
mod gathered;
pub(crate) mod service_worker;

pub(crate) use destination::Outcome;
use download_stream::{DownloadStream, refused};
use gathered::Gathered;
use js_sys::{JsString, Uint8Array};
use sealdrop_transfer::{Proof, Sink, SinkFile, Sinks, Target, TransferError, save_name};
use web_sys::ServiceWorker;

use crate::chunk::Pieces;

/// Plain bytes that one file may have where it must fit into memory.
const CAP: u64 = 256 << 20;
/// The same where no pointer is fine: phones, which end a page that takes too much without a word.
const SMALL_CAP: u64 = 100 << 20;
/// Files up to here may be many and stay open until the pack around them is verified: each is gathered first, and
/// becomes a download when it is whole.
const GATHERED_UP_TO: u64 = 10 << 20;

/// Plain bytes that a file may have at most without streaming.
pub(crate) fn blob_cap() -> u64 {
    let is_fine = web_sys::window()
        .and_then(|window| window.match_media("(any-pointer: fine)").ok().flatten())
        .is_some_and(|media| media.matches());
    if is_fine { CAP } else { SMALL_CAP }
}

/// Makes downloads.
pub(crate) struct BrowserSinks {
    worker: Option<ServiceWorker>,
}

impl BrowserSinks {
    /// With the service worker, or without.
    pub(crate) const fn new(worker: Option<ServiceWorker>) -> Self {
        Self { worker }
    }
}

impl Sinks for BrowserSinks {
    type Chunk = Pieces;
    type Sink = BrowserSink;

    async fn open(&mut self, file: &SinkFile) -> Result<BrowserSink, TransferError> {
        let name = saved_name(&file.path);
        let place = match &self.worker {
            Some(worker) if file.len > GATHERED_UP_TO => {
                let stream = DownloadStream::open(worker.clone(), &file.path, &name, file.len).await?;
                Place::Streamed {
                    stream,
                    held: Vec::new(),
                }
            }
            None if file.len > blob_cap() => {
                return Err(TransferError::TooLargeForDevice {
                    file: file.path.clone(),
                    limit: blob_cap(),
                });
            }
            worker => Place::Gathered(Gathered::new(worker.clone(), &file.path, name, file.len)),
        };
        Ok(BrowserSink { place })
    }
}

/// One download.
pub(crate) struct BrowserSink {
    place: Place,
}

enum Place {
    Streamed {
        stream: DownloadStream,
        /// What came last: handed over when something follows it, or everything is proven.
        held: Vec<Uint8Array>,
    },
    Gathered(Gathered),
}

impl Sink for BrowserSink {
    type Chunk = Pieces;

    async fn write(&mut self, chunk: Pieces) -> Result<(), TransferError> {
        match &mut self.place {
            Place::Streamed { stream, held } => {
                let views = chunk.into_views();
                if views.is_empty() {
                    return Ok(());
                }
                stream.write(std::mem::replace(held, views)).await
            }
            Place::Gathered(gathered) => gathered.push(chunk.into_views()),
        }
    }

    async fn finish(self, _proof: Proof) -> Result<(), TransferError> {
        match self.place {
            Place::Streamed { mut stream, held } => {
                stream.write(held).await?;
                stream.end().await
            }
            Place::Gathered(gathered) => gathered.save().await,
        }
    }

    async fn abort(self) {
        // Dropping does it: the stream is errored, what was gathered is forgotten.
        drop(self);
    }
}

/// Browsers save into one folder: the last part of the path, as any platform can hold it.
fn saved_name(path: &str) -> String {
    let name = path.rsplit('/').next().unwrap_or(path);
    save_name(&nfc(name), Target::Anywhere)
}

/// Unicode normalisation form C, by the engine's tables.
fn nfc(text: &str) -> String {
    JsString::from(text).normalize("NFC").into()
}
