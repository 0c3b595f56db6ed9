//! An unfinished download on this machine: a file of lines in the state folder, found again by the link and the folder
//! that it goes to. A line about bytes is written only after those bytes were brought to the disk.
//!
//! Never in it: the link's secret, the link's password, a bearer. Names are sealed under the device's key.

pub(crate) mod durable;
mod flush;
mod line;
pub(crate) mod replay;
#[cfg(test)]
mod tests;

use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use sealdrop_api::{LinkId, SealedBytes};
use sealdrop_crypto::{DeviceKey, seal_blob};
use sealdrop_transfer::{Checkpoint, DeviceFault, TransferError};
use serde::Serialize;
use time::OffsetDateTime;
use tokio::task::JoinHandle;

use self::{
    durable::WrittenBytes,
    line::{Line, VERSION, append, batches, context, has_ended},
    replay::{Place, UnfinishedDownload},
};
use crate::{
    append_log::{AppendLog, AppendLogError, device_key, name_of, sweep},
    file_sinks::{names::Names, root::Root},
    state::State,
};

/// Where they are.
const FOLDER: &str = "receiving";
/// No link lives longer than this without being touched.
const STALE: Duration = Duration::from_secs(60 * 86_400);
/// After so many bytes, or so long, what was written is brought to the disk and written down.
const BYTES: u64 = 32 << 20;
const EVERY: Duration = Duration::from_secs(1);

/// A flush on its way.
type Flushing = JoinHandle<Result<(), TransferError>>;

/// The lines of one download, or nothing where there is no state folder.
pub(crate) struct DownloadJournal {
    open: Option<Open>,
    link_id: LinkId,
    /// Written since the last step was whole; and up to it, not yet on the disk.
    touched: RefCell<BTreeMap<usize, WrittenBytes>>,
    ready: RefCell<Ready>,
    bytes: Cell<u64>,
    last: Cell<Instant>,
    flushing: RefCell<Option<Flushing>>,
    /// The first that could not be written. Later lines would follow a gap, and could not be resumed from.
    failed: RefCell<Option<TransferError>>,
    is_over: Cell<bool>,
    root: RefCell<Option<Arc<Root>>>,
}

struct Open {
    lines: Arc<Mutex<AppendLog>>,
    key: DeviceKey,
}

#[derive(Default)]
struct Ready {
    steps: Vec<Checkpoint>,
    files: BTreeMap<usize, WrittenBytes>,
}

impl DownloadJournal {
    fn of(link_id: LinkId, open: Option<Open>) -> Self {
        Self {
            open,
            link_id,
            touched: RefCell::default(),
            ready: RefCell::default(),
            bytes: Cell::new(0),
            last: Cell::new(Instant::now()),
            flushing: RefCell::default(),
            failed: RefCell::default(),
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
    ) -> Result<(Self, Option<UnfinishedDownload>), AppendLogError> {
        // One way of writing the folder, also before it exists.
        let folder: PathBuf = std::path::absolute(folder)?.components().collect();
        let name = name_of(&[link_id.as_bytes().as_slice(), folder.as_os_str().as_encoded_bytes()]);
        let (mut lines, left) = AppendLog::open(state, FOLDER, &name)?;
        // After that, since what is open is not swept: of a link that has ended the person may still want to remove
        // what is there.
        sweep(state, FOLDER, STALE, has_ended);
        let key = device_key(state)?;
        let unfinished = if left.is_empty() {
            None
        } else {
            let (unfinished, count) = UnfinishedDownload::read(&key, link_id, &left).await;
            lines.keep(&left, count)?;
            Some(unfinished)
        };
        let lines = Arc::new(Mutex::new(lines));
        Ok((Self::of(link_id, Some(Open { lines, key })), unfinished))
    }

    /// Whether a later run can go on.
    pub(crate) const fn keeps(&self) -> bool {
        self.open.is_some()
    }

    /// Whether there is nothing to go on with any more.
    pub(crate) fn is_over(&self) -> bool {
        self.is_over.get()
    }

    /// Starts it over, for files of these names.
    pub(crate) async fn begin(&self, ends_at: OffsetDateTime, names: &Names) -> Result<(), TransferError> {
        let Some(open) = &self.open else { return Ok(()) };
        lock(&open.lines).clear().map_err(|error| unwritable(&error))?;
        self.append(&Line::About {
            v: VERSION,
            link_id: self.link_id,
            ends_at: ends_at.unix_timestamp(),
        })?;
        for batch in batches(names.paths()) {
            if let Some(sealed) = self.seal(&batch).await? {
                self.append(&Line::Names { sealed })?;
            }
        }
        Ok(())
    }

    /// The new folder that the files go into was made.
    pub(crate) async fn folder(&self, name: &str) -> Result<(), TransferError> {
        match self.seal(&name).await? {
            Some(sealed) => self.append(&Line::Folder { sealed }),
            None => Ok(()),
        }
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
    pub(crate) fn opened(&self, file: usize, place: &Place) -> Result<(), TransferError> {
        let Place { nth, number } = *place;
        self.append(&Line::Opened { file, nth, number })
    }

    /// A file is about to get its name. What its bytes are was flushed before.
    pub(crate) fn naming(&self, file: usize, nth: u32) -> Result<(), TransferError> {
        self.append(&Line::Naming { file, nth })
    }

    /// More of a file was written, or it is full.
    pub(crate) fn wrote(&self, file: usize, len: u64, wrote: WrittenBytes) {
        if self.keeps() {
            self.bytes.set(self.bytes.get() + len);
            self.touched.borrow_mut().insert(file, wrote);
        }
    }

    /// The engine said something to keep.
    pub(crate) fn on_checkpoint(&self, checkpoint: Checkpoint) {
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

    async fn seal(&self, words: &impl Serialize) -> Result<Option<SealedBytes>, TransferError> {
        let Some(open) = &self.open else { return Ok(None) };
        let text = serde_json::to_vec(words).map_err(|error| unwritable(&error.into()))?;
        Ok(Some(SealedBytes(
            seal_blob(&open.key, &context(&self.link_id), &text).await?,
        )))
    }

    fn append(&self, line: &Line) -> Result<(), TransferError> {
        let Some(open) = &self.open else { return Ok(()) };
        self.so_far()?;
        append(&mut lock(&open.lines), line).map_err(|error| self.fail(unwritable(&error)))
    }

    fn so_far(&self) -> Result<(), TransferError> {
        self.failed.borrow().clone().map_or(Ok(()), Err)
    }

    fn fail(&self, error: TransferError) -> TransferError {
        self.failed.borrow_mut().get_or_insert(error).clone()
    }
}

fn lock(lines: &Mutex<AppendLog>) -> std::sync::MutexGuard<'_, AppendLog> {
    lines.lock().unwrap_or_else(PoisonError::into_inner)
}

fn unwritable(error: &io::Error) -> TransferError {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
            TransferError::DiskFull {
                file: "the state folder".to_owned(),
            }
        }
        _ => TransferError::device(DeviceFault::Journal, error.to_string()),
    }
}
