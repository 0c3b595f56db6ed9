//! The sinks of one download: chosen once by what this engine can do, then one for each file.

use std::{collections::BTreeMap, rc::Rc};

use sealdrop_transfer::{SinkFile, Sinks, TransferError};

use super::{
    browser_sink::{BrowserSink, Target},
    choose::{Abilities, STAGED_FROM, Wanted, Way, choose, has_fine_pointer},
    download_stream::DownloadStream,
    saved_name::saved_name,
    streaming::can_stream,
};
use crate::sinks::{
    blob_sink::{BlobSink, Onward},
    opfs::{
        checkpoint_writer::{self, CheckpointWriter},
        cleanup,
        files::{self, Disk, Run},
        sink::OpfsSink,
    },
    picked_location::{PickedLocation, Written},
};
use crate::{chunk::Pieces, journal::WebLock};

/// Files up to here may be many and stay open until the pack around them is verified: each is gathered first, and
/// becomes a download when it is whole.
const GATHERED_UP_TO: u64 = 10 << 20;

/// Makes downloads.
pub(crate) struct BrowserSinks {
    wanted: Wanted,
    way: Way,
    /// The service worker streams.
    streams: bool,
    disk: Option<Disk>,
    /// What files in the private file system are named after, and the lock on them.
    store: Option<(String, Rc<Option<WebLock>>)>,
    /// Keeps what a later page needs to go on.
    checkpoint_writer: Option<Rc<CheckpointWriter>>,
    /// The names that an earlier page chose in the place.
    named: BTreeMap<usize, String>,
    place: Option<PickedLocation>,
    /// The browser took a stream.
    has_streamed: bool,
}

impl BrowserSinks {
    /// Looks what this engine can do and chooses a way; else the bytes that one file may have at most here.
    pub(crate) async fn choose(wanted: Wanted, place: Option<PickedLocation>) -> Result<Self, u64> {
        let streams = place.is_none() && can_stream().await;
        Self::choose_from(wanted, streams, place).await
    }

    async fn choose_from(wanted: Wanted, streams: bool, place: Option<PickedLocation>) -> Result<Self, u64> {
        // Asked only where it may matter: it starts a worker.
        let disk = match streams {
            false if wanted.total >= STAGED_FROM => Disk::start().await,
            _ => None,
        };
        let room = match &disk {
            Some(_) => files::room().await,
            None => None,
        };
        let able = Abilities {
            streams,
            room,
            fine_pointer: has_fine_pointer(),
        };
        let way = choose(place.is_some(), wanted, able)?;
        Ok(Self {
            wanted,
            way,
            streams,
            disk,
            store: None,
            checkpoint_writer: None,
            named: BTreeMap::new(),
            place,
            has_streamed: false,
        })
    }

    /// Goes on with what an earlier page left in the private file system under this name; `None` where the engine cannot any more.
    pub(crate) async fn go_on(
        store: &str,
        named: BTreeMap<usize, String>,
        place: Option<PickedLocation>,
    ) -> Option<Self> {
        let held = cleanup::hold(store).await?;
        Some(Self {
            wanted: Wanted { largest: 0, total: 0 },
            way: match place {
                Some(_) => Way::Picked { staged: true },
                None => Way::Opfs,
            },
            streams: false,
            disk: Some(Disk::start().await?),
            store: Some((store.to_owned(), Rc::new(Some(held)))),
            checkpoint_writer: None,
            named,
            place,
            has_streamed: false,
        })
    }

    /// The disk, where what is written there survives the page.
    pub(crate) fn surviving(&self) -> Option<Disk> {
        match self.way {
            Way::Picked { staged: true } | Way::Opfs => self.disk.clone(),
            _ => None,
        }
    }

    /// The name of this download's files in the private file system.
    pub(crate) async fn store(&mut self) -> String {
        self.held_store().await.0
    }

    /// Sets the writer of checkpoints. Without one, a picked place is written directly.
    pub(crate) fn keep(&mut self, checkpoint_writer: Option<Rc<CheckpointWriter>>) {
        if checkpoint_writer.is_none() && matches!(self.way, Way::Picked { .. }) {
            self.way = Way::Picked { staged: false };
        }
        self.checkpoint_writer = checkpoint_writer;
    }

    /// Whether the private file system holds the first bytes of these files as they were written: of each its place in the list,
    /// and the runs with their SHA-256.
    pub(crate) async fn hold(&self, files: &BTreeMap<usize, Vec<Run>>) -> bool {
        let (Some(disk), Some((store, _))) = (&self.disk, &self.store) else {
            return false;
        };
        for (file, runs) in files {
            let held = disk.holds(&checkpoint_writer::file_name(store, *file), runs).await;
            if !held.unwrap_or(false) {
                return false;
            }
        }
        true
    }

    async fn held_store(&mut self) -> (String, Rc<Option<WebLock>>) {
        match &self.store {
            Some(store) => store.clone(),
            None => {
                let (name, held) = cleanup::new_store().await;
                self.store.insert((name, Rc::new(held))).clone()
            }
        }
    }

    fn onward(&self) -> Onward {
        match (&self.place, self.streams) {
            (Some(place), _) => Onward::Picked(place.clone()),
            (None, true) => Onward::Stream,
            (None, false) => Onward::Blob,
        }
    }

    async fn stage(&mut self, file: &SinkFile) -> Result<Target, TransferError> {
        let disk = self.disk.clone().ok_or(TransferError::Cancelled)?;
        let (store, held) = self.held_store().await;
        let name = checkpoint_writer::file_name(&store, file.index);
        let staged = OpfsSink::open(disk, name, file, self.checkpoint_writer.clone(), held).await?;
        Ok(Target::Opfs {
            staged,
            name: saved_name(&file.path),
            place: self.place.clone().map(|place| (place, self.named.remove(&file.index))),
        })
    }

    async fn stream(&mut self, file: &SinkFile) -> Result<Target, TransferError> {
        let stream = DownloadStream::open(&file.path, &saved_name(&file.path), file.len).await?;
        self.has_streamed = true;
        Ok(Target::Streamed {
            stream,
            held: Vec::new(),
        })
    }
}

impl Sinks for BrowserSinks {
    type Chunk = Pieces;
    type Sink = BrowserSink;

    async fn open(&mut self, file: &SinkFile) -> Result<BrowserSink, TransferError> {
        let is_small = file.len <= GATHERED_UP_TO;
        if self.way == Way::Stream && !is_small {
            match self.stream(file).await {
                Ok(kept) => return Ok(BrowserSink { kept }),
                Err(error) if self.has_streamed => return Err(error),
                // The canary arrived and a download does not: there are engines like that.
                Err(error) => {
                    *self = Self::choose_from(self.wanted, false, None).await.map_err(|_| error)?;
                }
            }
        }
        let kept = match self.way {
            // All of them: what an earlier page began must be there, whatever its size.
            Way::Picked { staged: true } => self.stage(file).await?,
            Way::Picked { staged: false } if !is_small => {
                let place = self.place.as_ref().ok_or(TransferError::Cancelled)?;
                let handle = place.file(file, None, async |_: &str| {}).await?;
                Target::Written(Written::open(&file.path, file.len, handle).await?)
            }
            Way::Opfs if !is_small => self.stage(file).await?,
            _ => Target::Blob(BlobSink::new(self.onward(), file, saved_name(&file.path))),
        };
        Ok(BrowserSink { kept })
    }
}
