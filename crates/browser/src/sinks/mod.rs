//! Where files of a download go: a place that the person chose, the browser's own downloads, however large, through the
//! service worker; where that does not work, the private file system or memory, and saved from there.
//!
//! A file is never complete before it is proven: its last bytes, or its place, are handed over when the spine says so.

mod choose;
mod content_disposition;
mod destination;
mod disk;
mod download_stream;
mod gathered;
mod keeper;
mod place;
pub(crate) mod service_worker;
mod staged;
mod sweep;

use std::{collections::BTreeMap, rc::Rc};

use choose::{Abilities, STAGED_FROM, Wanted, Way, choose};
use download_stream::DownloadStream;
use gathered::{Gathered, Onward};
use js_sys::{JsString, Uint8Array};
use place::Written;
use sealdrop_transfer::{Proof, Sink, SinkFile, Sinks, Target, TransferError, save_name};
use staged::Staged;
use web_sys::ServiceWorker;

pub use self::place::Place;
pub(crate) use self::{
    destination::{Destination, Outcome},
    disk::{Disk, Run},
    keeper::{Keeper, file_name},
    place::{can_pick, pick},
    sweep::{remove_store, sweep},
};
use crate::{chunk::Pieces, journal::Held};

/// Files up to here may be many and stay open until the pack around them is verified: each is gathered first, and
/// becomes a download when it is whole.
const GATHERED_UP_TO: u64 = 10 << 20;

/// Plain bytes that a file may have at most where it must fit into memory.
pub(crate) fn blob_cap() -> u64 {
    choose::cap(has_fine_pointer())
}

fn has_fine_pointer() -> bool {
    web_sys::window()
        .and_then(|window| window.match_media("(any-pointer: fine)").ok().flatten())
        .is_some_and(|media| media.matches())
}

/// What lies in the private file system, with the bytes of each; `None` where nothing ever did.
pub(crate) async fn lengths() -> Option<BTreeMap<String, u64>> {
    let all = disk::all().await.ok()?;
    Some(all.into_iter().map(|file| (file.name, file.len)).collect())
}

/// Makes downloads.
pub(crate) struct BrowserSinks {
    wanted: Wanted,
    way: Way,
    worker: Option<ServiceWorker>,
    disk: Option<Disk>,
    /// What files in the private file system are named after, and the lock on them.
    store: Option<(String, Rc<Option<Held>>)>,
    /// Keeps what a later page needs to go on.
    keeper: Option<Rc<Keeper>>,
    /// The names that an earlier page chose in the place.
    named: BTreeMap<usize, String>,
    place: Option<Place>,
    /// The browser took a stream.
    has_streamed: bool,
}

impl BrowserSinks {
    /// Looks what this engine can do and chooses a way; else the bytes that one file may have at most here.
    pub(crate) async fn choose(wanted: Wanted, place: Option<Place>) -> Result<Self, u64> {
        let worker = match place {
            None => service_worker::streaming().await,
            Some(_) => None,
        };
        Self::choose_from(wanted, worker, place).await
    }

    async fn choose_from(wanted: Wanted, worker: Option<ServiceWorker>, place: Option<Place>) -> Result<Self, u64> {
        // Asked only where it may matter: it starts a worker.
        let disk = match &worker {
            None if wanted.total >= STAGED_FROM => Disk::start().await,
            _ => None,
        };
        let room = match &disk {
            Some(_) => disk::room().await,
            None => None,
        };
        let able = Abilities {
            streams: worker.is_some(),
            room,
            fine_pointer: has_fine_pointer(),
        };
        let way = choose(place.is_some(), wanted, able)?;
        Ok(Self {
            wanted,
            way,
            worker,
            disk,
            store: None,
            keeper: None,
            named: BTreeMap::new(),
            place,
            has_streamed: false,
        })
    }

    /// Goes on with what an earlier page left in the private file system under this name; `None` where the engine cannot any more.
    pub(crate) async fn go_on(store: &str, named: BTreeMap<usize, String>, place: Option<Place>) -> Option<Self> {
        let held = sweep::hold(store).await?;
        Some(Self {
            wanted: Wanted { largest: 0, total: 0 },
            way: match place {
                Some(_) => Way::Place { staged: true },
                None => Way::Staged,
            },
            worker: None,
            disk: Some(Disk::start().await?),
            store: Some((store.to_owned(), Rc::new(Some(held)))),
            keeper: None,
            named,
            place,
            has_streamed: false,
        })
    }

    /// The disk, where what is written there survives the page.
    pub(crate) fn surviving(&self) -> Option<Disk> {
        match self.way {
            Way::Place { staged: true } | Way::Staged => self.disk.clone(),
            _ => None,
        }
    }

    /// The name of this download's files in the private file system.
    pub(crate) async fn store(&mut self) -> String {
        self.held_store().await.0
    }

    /// What a later page needs is kept by this one; by nobody, if there is none. Then a chosen place is written directly.
    pub(crate) fn keep(&mut self, keeper: Option<Rc<Keeper>>) {
        if keeper.is_none() && matches!(self.way, Way::Place { .. }) {
            self.way = Way::Place { staged: false };
        }
        self.keeper = keeper;
    }

    /// Whether the private file system holds the first bytes of these files as they were written: of each its place in the list,
    /// and the runs with their SHA-256.
    pub(crate) async fn hold(&self, files: &BTreeMap<usize, Vec<Run>>) -> bool {
        let (Some(disk), Some((store, _))) = (&self.disk, &self.store) else {
            return false;
        };
        for (file, runs) in files {
            let held = disk.holds(&keeper::file_name(store, *file), runs).await;
            if !held.unwrap_or(false) {
                return false;
            }
        }
        true
    }

    async fn held_store(&mut self) -> (String, Rc<Option<Held>>) {
        match &self.store {
            Some(store) => store.clone(),
            None => {
                let (name, held) = sweep::new_store().await;
                self.store.insert((name, Rc::new(held))).clone()
            }
        }
    }

    fn onward(&self) -> Onward {
        match (&self.place, &self.worker) {
            (Some(place), _) => Onward::Place(place.clone()),
            (None, Some(worker)) => Onward::Stream(worker.clone()),
            (None, None) => Onward::Blob,
        }
    }

    async fn stage(&mut self, file: &SinkFile) -> Result<Kept, TransferError> {
        let disk = self.disk.clone().ok_or(TransferError::Cancelled)?;
        let (store, held) = self.held_store().await;
        let name = keeper::file_name(&store, file.index);
        let staged = Staged::open(disk, name, file, self.keeper.clone(), held).await?;
        Ok(Kept::Staged {
            staged,
            name: saved_name(&file.path),
            place: self.place.clone().map(|place| (place, self.named.remove(&file.index))),
        })
    }

    async fn stream(&mut self, file: &SinkFile) -> Result<Kept, TransferError> {
        let worker = self.worker.clone().ok_or(TransferError::Cancelled)?;
        let stream = DownloadStream::open(worker, &file.path, &saved_name(&file.path), file.len).await?;
        self.has_streamed = true;
        Ok(Kept::Streamed {
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
                    *self = Self::choose_from(self.wanted, None, None).await.map_err(|_| error)?;
                }
            }
        }
        let kept = match self.way {
            // All of them: what an earlier page began must be there, whatever its size.
            Way::Place { staged: true } => self.stage(file).await?,
            Way::Place { staged: false } if !is_small => {
                let place = self.place.as_ref().ok_or(TransferError::Cancelled)?;
                let handle = place.file(file, None, async |_: &str| {}).await?;
                Kept::Written(Written::open(&file.path, file.len, handle).await?)
            }
            Way::Staged if !is_small => self.stage(file).await?,
            _ => Kept::Gathered(Gathered::new(self.onward(), file, saved_name(&file.path))),
        };
        Ok(BrowserSink { kept })
    }
}

/// One download.
pub(crate) struct BrowserSink {
    kept: Kept,
}

enum Kept {
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

    async fn leave(self) {
        match self.kept {
            Kept::Staged { staged, .. } => staged.leave().await,
            _ => self.abort().await,
        }
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

fn refused(file: &str, why: &str) -> TransferError {
    TransferError::SaveRefused {
        file: file.to_owned(),
        why: why.to_owned(),
    }
}

fn interrupted(file: &str) -> TransferError {
    TransferError::SaveInterrupted { file: file.to_owned() }
}
