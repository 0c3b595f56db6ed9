//! A file on its way: written as `NAME.part`, handed to the journal, named at the end.

use std::{
    cell::RefCell,
    fs::File,
    io::{self, Write},
    rc::Rc,
    sync::Arc,
    time::{Duration, SystemTime},
};

use sealdrop_transfer::{DeviceFault, Proof, Sink, SinkFile, TransferError};

use super::{
    names::{MOST_TWINS, Names, final_name, part_name, split},
    root::Root,
    save_error::refused,
    saved::Saved,
};
use crate::{
    download_journal::{
        DownloadJournal,
        durable::{SyncBy, WrittenBytes},
        replay::Place,
    },
    off_thread::off_thread,
    platform::plain::Plain,
};

/// Files at least this long are brought to the disk before they get their name.
const SYNCED: u64 = 1 << 20;

/// What all files of a download share.
pub(super) struct Shared {
    pub(super) root: Arc<Root>,
    pub(super) journal: Rc<DownloadJournal>,
    pub(super) saved: Rc<RefCell<Vec<Saved>>>,
    pub(super) names: Arc<Names>,
}

/// A file on its way.
pub(crate) struct Unfinished {
    root: Arc<Root>,
    journal: Rc<DownloadJournal>,
    saved: Rc<RefCell<Vec<Saved>>>,
    names: Arc<Names>,
    index: usize,
    pub(super) place: Place,
    handle: Option<Arc<File>>,
    len: u64,
    written: u64,
    crc: crc32fast::Hasher,
    modified_ms: Option<u64>,
}

impl Unfinished {
    /// The handle stands where the next bytes go; the CRC-32 is of what comes before.
    pub(super) fn new(shared: Shared, file: &SinkFile, place: Place, (handle, crc): (File, crc32fast::Hasher)) -> Self {
        let Shared {
            root,
            journal,
            saved,
            names,
        } = shared;
        Self {
            root,
            journal,
            saved,
            names,
            index: file.index,
            place,
            // Many full files may wait for one proof.
            handle: (file.offset < file.len || file.len == 0).then(|| Arc::new(handle)),
            len: file.len,
            written: file.offset,
            crc,
            modified_ms: file.modified_ms,
        }
    }

    /// For a message.
    fn path(&self) -> String {
        self.names.path(self.index).to_owned()
    }

    fn tell(&self, more: u64, sync_by: SyncBy) {
        let wrote = WrittenBytes {
            names: Arc::clone(&self.names),
            len: self.written,
            crc: self.crc.clone().finalize(),
            sync_by,
        };
        self.journal.wrote(self.index, more, wrote);
    }

    /// All bytes are there: the handle is given back now, since many files may wait for one proof.
    pub(super) async fn fill(&mut self) -> Result<(), TransferError> {
        let Some(handle) = self.handle.take() else {
            return Ok(());
        };
        let (path, synced) = (self.path(), self.len >= SYNCED);
        let modified = self
            .modified_ms
            .and_then(|ms| SystemTime::UNIX_EPOCH.checked_add(Duration::from_millis(ms)));
        off_thread(move || {
            if let Some(at) = modified {
                // A time that this file system cannot hold is no reason to lose the file.
                let _ = handle.set_modified(at);
            }
            if synced {
                handle.sync_all().map_err(|error| refused(&path, &error))?;
            }
            Ok(())
        })
        .await?;
        let sync_by = if synced {
            SyncBy::Done
        } else {
            SyncBy::Name(self.place.nth)
        };
        self.tell(0, sync_by);
        Ok(())
    }
}

/// Gives a file its name, or `(2)`, `(3)` … until one is free. Answers which twin it is. The journal gets a name only when it
/// looks free: a folder full of names costs lookups, and no writes.
pub(super) fn give_name(
    root: &Root,
    journal: &DownloadJournal,
    (index, path): (usize, &str),
    place: &Place,
) -> Result<u32, TransferError> {
    let (folders, name) = split(path);
    let part = part_name(name, place.nth);
    for nth in 1..MOST_TWINS {
        let wanted = final_name(name, nth);
        if root.has(folders, &wanted) {
            continue;
        }
        journal.naming(index, nth)?;
        match root.rename(folders, &part, &wanted) {
            Ok(()) => return Ok(nth),
            // Another process took it in this moment.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(refused(path, &error)),
        }
    }
    Err(refused(path, &io::ErrorKind::AlreadyExists.into()))
}

impl Sink for Unfinished {
    type Chunk = Plain;

    async fn write(&mut self, chunk: Plain) -> Result<(), TransferError> {
        let Some(handle) = self.handle.clone() else {
            return Err(TransferError::device(DeviceFault::Internal, "file length"));
        };
        self.journal.settle().await?;
        let len = chunk.0.len() as u64;
        let (path, mut crc) = (self.path(), self.crc.clone());
        let target = Arc::clone(&handle);
        self.crc = off_thread(move || {
            (&*target).write_all(&chunk.0).map_err(|error| refused(&path, &error))?;
            crc.update(&chunk.0);
            Ok(crc)
        })
        .await?;
        self.written += len;
        if self.written < self.len {
            self.tell(len, SyncBy::Handle(handle));
            return Ok(());
        }
        drop(handle);
        self.fill().await
    }

    async fn finish(mut self, _: Proof) -> Result<(), TransferError> {
        self.fill().await?;
        // The journal must know all bytes before it hears of the name.
        self.journal.flush().await?;
        let file = (self.index, self.names.path(self.index));
        let nth = match give_name(&self.root, &self.journal, file, &self.place) {
            Ok(nth) => nth,
            // The next run tries again to name it.
            Err(error) if self.journal.keeps() && self.len > 0 => return Err(error),
            Err(error) => {
                self.abort().await;
                return Err(error);
            }
        };
        let index = self.index;
        self.saved.borrow_mut().push(Saved { index, nth });
        Ok(())
    }

    async fn abort(mut self) {
        drop(self.handle.take());
        // What cannot be removed is named .part and says so itself.
        let (folders, name) = split(self.names.path(self.index));
        let _ = self.root.remove(folders, &part_name(name, self.place.nth));
    }

    async fn suspend(self) {}
}
