//! Writes the checkpoints of a running download to the journal. A checkpoint is written after its bytes are on the disk, and
//! a file is removed after the journal says that it was saved.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use futures::{
    StreamExt,
    channel::mpsc::{UnboundedReceiver, UnboundedSender, unbounded},
    lock::Mutex,
};
use sealdrop_transfer::Checkpoint;

use crate::journal::{DownloadJournal, Note, WebLock};
use crate::sinks::opfs::{
    cleanup,
    files::{self, Disk},
};

/// Milliseconds between two writes of the journal: after a crash, what came in between is fetched again.
const EVERY: f64 = 1_000.0;

/// Writes the journal of one download.
pub(crate) struct CheckpointWriter {
    journal: DownloadJournal,
    disk: Disk,
    /// What its files in the private file system are called.
    store: String,
    /// Whether its files go from there to a picked place, and not to the browser, which copies them without a sign of the end.
    is_placed: bool,
    /// A file was given to the browser.
    is_given: Cell<bool>,
    /// Notes since the last complete step, and notes up to it that are not in the journal yet.
    touched: RefCell<Vec<Note>>,
    waiting: RefCell<Vec<Note>>,
    writing: Mutex<()>,
    /// Wakes [`Self::keep`], and says whether the write can wait.
    wake: RefCell<Option<UnboundedSender<Wake>>>,
    woken: RefCell<Option<UnboundedReceiver<Wake>>>,
    /// Keeps other tabs from resuming it.
    _held: WebLock,
}

enum Wake {
    Soon,
    Now,
    Over,
}

impl CheckpointWriter {
    pub(crate) fn new(journal: DownloadJournal, disk: Disk, store: String, is_placed: bool, held: WebLock) -> Rc<Self> {
        let (wake, woken) = unbounded();
        Rc::new(Self {
            journal,
            disk,
            store,
            is_placed,
            is_given: Cell::new(false),
            touched: RefCell::default(),
            waiting: RefCell::default(),
            writing: Mutex::new(()),
            wake: RefCell::new(Some(wake)),
            woken: RefCell::new(Some(woken)),
            _held: held,
        })
    }

    /// More of a file was written: how many bytes, and their SHA-256.
    pub(in crate::sinks) fn wrote(&self, file: usize, len: u64, sum: [u8; 32]) {
        self.touched.borrow_mut().push(Note::Wrote(file, len, sum));
    }

    /// A file is about to get this name in its folder; when this resolves, the journal has it.
    pub(in crate::sinks) async fn named(&self, file: usize, name: &str) {
        self.waiting.borrow_mut().push(Note::Named(file, name.to_owned()));
        self.write().await;
    }

    /// Queues a checkpoint of the engine.
    pub(crate) fn on_checkpoint(&self, checkpoint: Checkpoint) {
        let wake = match &checkpoint {
            Checkpoint::Over => Wake::Over,
            Checkpoint::Written { .. } => Wake::Soon,
            Checkpoint::Finished { .. } => {
                self.is_given.set(!self.is_placed);
                Wake::Now
            }
            _ => Wake::Now,
        };
        let mut waiting = self.waiting.borrow_mut();
        if matches!(wake, Wake::Soon) {
            waiting.append(&mut self.touched.borrow_mut());
        }
        waiting.push(Note::Checkpoint(checkpoint));
        if let Some(told) = &*self.wake.borrow() {
            let _ = told.unbounded_send(wake);
        }
    }

    /// Ends [`Self::keep`].
    pub(crate) fn close(&self) {
        self.wake.take();
    }

    /// Writes what is queued, until it is closed.
    pub(crate) async fn keep(&self) {
        let Some(mut woken) = self.woken.take() else { return };
        let mut written_ms = 0.0;
        while let Some(wake) = woken.next().await {
            match wake {
                Wake::Over => self.forget().await,
                Wake::Soon if js_sys::Date::now() - written_ms < EVERY => {}
                _ => {
                    self.write().await;
                    written_ms = js_sys::Date::now();
                }
            }
        }
        self.write().await;
    }

    /// A failed write does not fail the download: it is tried again with the next one.
    async fn write(&self) {
        let _turn = self.writing.lock().await;
        let mut notes = self.waiting.take();
        if notes.is_empty() {
            return;
        }
        if self.disk.flush().await.is_err() || self.journal.append(&notes).await.is_none() {
            notes.append(&mut self.waiting.borrow_mut());
            self.waiting.replace(notes);
            return;
        }
        for note in notes {
            if let Note::Checkpoint(Checkpoint::Finished { file }) = note
                && self.is_placed
            {
                // The end of the download, or the sweep, tries again.
                let _ = files::remove(&file_name(&self.store, file)).await;
            }
        }
    }

    async fn forget(&self) {
        let _turn = self.writing.lock().await;
        self.waiting.take();
        self.journal.remove().await;
        if !self.is_given.get() {
            cleanup::remove_store(&self.store).await;
        }
    }
}

/// What a file of the list is called in the private file system.
pub(crate) fn file_name(store: &str, file: usize) -> String {
    format!("{store}.{file}")
}
