//! An unfinished download on this machine: a file of lines in the state folder, found again by the link and the folder
//! that it goes to. A line about bytes is written only after those bytes were brought to the disk.
//!
//! Never in it: the link's secret, the link's password, a bearer. Names are sealed under the device's key.

mod durable;
mod past;

use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant, SystemTime},
};

use sealdrop_api::{LinkId, SealedBytes};
use sealdrop_crypto::{BlobContext, DeviceKey, seal_blob};
use sealdrop_transfer::{Checkpoint, TransferError};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use tokio::task::JoinHandle;

pub(crate) use durable::{Reach, Wrote};
pub(crate) use past::{Past, Place};

use crate::{
    folder::Root,
    lines::{Lines, LinesFault, device_key, name_of, sweep},
    state::State,
};

/// Where they are.
const FOLDER: &str = "receiving";
/// No link lives longer than this without being touched.
const STALE: Duration = Duration::from_secs(60 * 86_400);
/// After so many bytes, or so long, what was written is brought to the disk and written down.
const BYTES: u64 = 32 << 20;
const EVERY: Duration = Duration::from_secs(1);

/// One line.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Line {
    /// The first.
    About { v: u32, link_id: LinkId, ends_at: i64 },
    /// What the spine said, where it speaks of no bytes.
    Said(Checkpoint),
    /// A file was begun: its names, sealed, and which file of the file system it is.
    Opened {
        file: usize,
        sealed: SealedBytes,
        id: (u64, u64),
    },
    /// Steps whose bytes are on the disk; of the files that they touched, the length and the CRC-32 of all of it.
    Durable {
        steps: Vec<Checkpoint>,
        files: Vec<(usize, u64, u32)>,
    },
    /// A file is about to get this name.
    Naming { file: usize, sealed: SealedBytes },
}

/// The lines of one download, or nothing where there is no state folder.
pub(crate) struct Ledger {
    open: Option<Open>,
    link_id: LinkId,
    /// Written since the last step was whole; and up to it, not yet on the disk.
    touched: RefCell<BTreeMap<usize, Wrote>>,
    ready: RefCell<Ready>,
    bytes: Cell<u64>,
    last: Cell<Instant>,
    flushing: RefCell<Option<Flushing>>,
    is_over: Cell<bool>,
    root: RefCell<Option<Arc<Root>>>,
}

struct Open {
    lines: Arc<Mutex<Lines>>,
    key: DeviceKey,
}

type Flushing = JoinHandle<Result<(), TransferError>>;

#[derive(Default)]
struct Ready {
    steps: Vec<Checkpoint>,
    files: BTreeMap<usize, Wrote>,
}

impl Ledger {
    fn of(link_id: LinkId, open: Option<Open>) -> Self {
        Self {
            open,
            link_id,
            touched: RefCell::default(),
            ready: RefCell::default(),
            bytes: Cell::new(0),
            last: Cell::new(Instant::now()),
            flushing: RefCell::default(),
            is_over: Cell::new(false),
            root: RefCell::default(),
        }
    }

    /// Where there is no state folder: nothing is kept.
    pub(crate) fn none(link_id: LinkId) -> Self {
        Self::of(link_id, None)
    }

    /// Opens what is kept of receiving this link into this folder, and gives what earlier runs left.
    pub(crate) async fn open(
        state: &State,
        link_id: LinkId,
        folder: &Path,
    ) -> Result<(Self, Option<Past>), LinesFault> {
        sweep(state, FOLDER, STALE, has_ended);
        // One way of writing the folder, also before it exists.
        let folder: PathBuf = std::path::absolute(folder)?.components().collect();
        let name = name_of(&[link_id.as_bytes().as_slice(), folder.as_os_str().as_encoded_bytes()]);
        let (lines, left) = Lines::open(state, FOLDER, &name)?;
        let key = device_key(state)?;
        let past = if left.is_empty() {
            None
        } else {
            Some(Past::read(&key, link_id, &left).await)
        };
        let lines = Arc::new(Mutex::new(lines));
        Ok((Self::of(link_id, Some(Open { lines, key })), past))
    }

    /// Whether a later run can go on.
    pub(crate) const fn keeps(&self) -> bool {
        self.open.is_some()
    }

    /// Whether there is nothing to go on with any more.
    pub(crate) fn is_over(&self) -> bool {
        self.is_over.get()
    }

    /// Starts it over.
    pub(crate) fn begin(&self, ends_at: OffsetDateTime) -> io::Result<()> {
        let Some(open) = &self.open else { return Ok(()) };
        lock(&open.lines).clear()?;
        let about = Line::About {
            v: 1,
            link_id: self.link_id,
            ends_at: ends_at.unix_timestamp(),
        };
        self.append(&about)
    }

    /// Removes it.
    pub(crate) fn remove(&self) {
        self.is_over.set(true);
        if let Some(open) = &self.open {
            lock(&open.lines).remove();
        }
    }

    /// The folder whose files it speaks of.
    pub(crate) fn attach(&self, root: &Arc<Root>) {
        self.root.replace(Some(Arc::clone(root)));
    }

    /// A file was begun there.
    pub(crate) async fn opened(&self, file: usize, place: &Place) -> Result<(), TransferError> {
        let Some(sealed) = self.seal(&(&place.folders, &place.name, &place.part)).await? else {
            return Ok(());
        };
        let id = place.id;
        self.append(&Line::Opened { file, sealed, id })
            .map_err(|error| unwritable(&error))
    }

    /// A file is about to get its name. What its bytes are was flushed before.
    pub(crate) async fn naming(&self, file: usize, name: &str) -> Result<(), TransferError> {
        let Some(sealed) = self.seal(&name).await? else {
            return Ok(());
        };
        self.append(&Line::Naming { file, sealed })
            .map_err(|error| unwritable(&error))
    }

    /// More of a file was written, or it is full.
    pub(crate) fn wrote(&self, file: usize, len: u64, wrote: Wrote) {
        if self.keeps() {
            self.bytes.set(self.bytes.get() + len);
            self.touched.borrow_mut().insert(file, wrote);
        }
    }

    /// The spine said something to keep.
    pub(crate) fn hear(&self, checkpoint: Checkpoint) {
        match checkpoint {
            Checkpoint::Over => self.remove(),
            Checkpoint::Written { .. } => {
                let mut ready = self.ready.borrow_mut();
                ready.files.append(&mut self.touched.borrow_mut());
                ready.steps.push(checkpoint);
                drop(ready);
                let due = self.bytes.get() >= BYTES || self.last.get().elapsed() >= EVERY;
                if due && self.flushing.borrow().is_none() {
                    self.start();
                }
            }
            other => {
                // If this line is lost, the next run starts over or asks for another place.
                let _ = self.append(&Line::Said(other));
            }
        }
    }

    /// Brings what is ready to the disk, beside whatever happens next.
    fn start(&self) {
        let Some(open) = &self.open else { return };
        let Ready { steps, files } = self.ready.take();
        self.bytes.set(0);
        self.last.set(Instant::now());
        let (lines, root) = (Arc::clone(&open.lines), self.root.borrow().clone());
        let work = move || {
            durable::sync(&files, root.as_deref())?;
            let files = files
                .iter()
                .map(|(file, wrote)| (*file, wrote.len, wrote.crc))
                .collect();
            let mut lines = lock(&lines);
            let written = append(&mut lines, &Line::Durable { steps, files }).and_then(|()| lines.sync());
            written.map_err(|error| unwritable(&error))
        };
        self.flushing.replace(Some(tokio::task::spawn_blocking(work)));
    }

    /// How the last flush ended, if it did.
    pub(crate) async fn settle(&self) -> Result<(), TransferError> {
        let ended = self.flushing.borrow().as_ref().is_some_and(JoinHandle::is_finished);
        if ended { self.wait().await } else { Ok(()) }
    }

    async fn wait(&self) -> Result<(), TransferError> {
        let flushing = self.flushing.take();
        match flushing {
            None => Ok(()),
            Some(flushing) => flushing
                .await
                .unwrap_or_else(|_| Err(TransferError::Device("a thread ended before its work".to_owned()))),
        }
    }

    /// Brings all whole steps to the disk and waits for it.
    pub(crate) async fn flush(&self) -> Result<(), TransferError> {
        self.wait().await?;
        if !self.is_over() && !self.ready.borrow().steps.is_empty() {
            self.start();
            self.wait().await?;
        }
        Ok(())
    }

    async fn seal(&self, words: &impl Serialize) -> Result<Option<SealedBytes>, TransferError> {
        let Some(open) = &self.open else { return Ok(None) };
        let text = serde_json::to_vec(words).map_err(|error| unwritable(&error.into()))?;
        Ok(Some(SealedBytes(
            seal_blob(&open.key, &context(&self.link_id), &text).await?,
        )))
    }

    fn append(&self, line: &Line) -> io::Result<()> {
        self.open
            .as_ref()
            .map_or(Ok(()), |open| append(&mut lock(&open.lines), line))
    }
}

/// Names of a download are sealed in the place of its link: ids are random, so it is nobody else's.
const fn context(link_id: &LinkId) -> BlobContext<'_> {
    BlobContext::UploadSession {
        account: None,
        object_id: link_id.as_bytes(),
    }
}

fn append(lines: &mut Lines, line: &Line) -> io::Result<()> {
    lines.append(&serde_json::to_string(line)?)
}

fn lock(lines: &Mutex<Lines>) -> std::sync::MutexGuard<'_, Lines> {
    lines.lock().unwrap_or_else(PoisonError::into_inner)
}

fn unwritable(error: &io::Error) -> TransferError {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
            TransferError::DiskFull {
                file: "the state folder".to_owned(),
            }
        }
        _ => TransferError::Device(format!("the state folder cannot be written: {error}")),
    }
}

/// Whether the link of this first line is over.
fn has_ended(first: &str, now: SystemTime) -> bool {
    match serde_json::from_str(first) {
        Ok(Line::About { ends_at, .. }) => OffsetDateTime::from(now).unix_timestamp() > ends_at,
        _ => false,
    }
}
