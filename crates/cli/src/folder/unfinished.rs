//! A file on its way: written as `NAME.part`, handed to the ledger, named at the end.

use std::{
    cell::RefCell,
    fs::File,
    io::{self, Write},
    path::PathBuf,
    rc::Rc,
    sync::Arc,
    time::{Duration, SystemTime},
};

use sealdrop_transfer::{Proof, Sink, SinkFile, TransferError, numbered};

use super::{Folder, MAX_NAME, Root, Saved, refused};
use crate::{
    ledger::{Ledger, Place, Reach, Wrote},
    machine::{Plain, off_thread},
};

/// Files at least this long are brought to the disk before they get their name.
const SYNCED: u64 = 1 << 20;

/// A file on its way.
pub(crate) struct Unfinished {
    root: Arc<Root>,
    ledger: Rc<Ledger>,
    saved: Rc<RefCell<Vec<Saved>>>,
    base: PathBuf,
    index: usize,
    wanted: String,
    pub(super) place: Place,
    handle: Option<Arc<File>>,
    len: u64,
    written: u64,
    crc: crc32fast::Hasher,
    modified_ms: Option<u64>,
}

impl Unfinished {
    /// The handle stands where the next bytes go; the CRC-32 is of what comes before.
    pub(super) fn new(
        folder: &Folder,
        file: &SinkFile,
        place: Place,
        (handle, crc): (File, crc32fast::Hasher),
    ) -> Self {
        Self {
            root: Arc::clone(&folder.root),
            ledger: Rc::clone(&folder.ledger),
            saved: Rc::clone(&folder.saved),
            base: folder.path.clone(),
            index: file.index,
            wanted: file.path.clone(),
            place,
            // Many full files may wait for one proof.
            handle: (file.offset < file.len || file.len == 0).then(|| Arc::new(handle)),
            len: file.len,
            written: file.offset,
            crc,
            modified_ms: file.modified_ms,
        }
    }

    fn tell(&self, more: u64, reach: Reach) {
        let wrote = Wrote {
            wanted: self.wanted.clone(),
            len: self.written,
            crc: self.crc.clone().finalize(),
            reach,
        };
        self.ledger.wrote(self.index, more, wrote);
    }

    /// All bytes are there: the handle is given back now, since many files may wait for one proof.
    pub(super) async fn fill(&mut self) -> Result<(), TransferError> {
        let Some(handle) = self.handle.take() else {
            return Ok(());
        };
        let (wanted, synced) = (self.wanted.clone(), self.len >= SYNCED);
        let modified = self
            .modified_ms
            .and_then(|ms| SystemTime::UNIX_EPOCH.checked_add(Duration::from_millis(ms)));
        off_thread(move || {
            if let Some(at) = modified {
                // A time that this file system cannot hold is no reason to lose the file.
                let _ = handle.set_modified(at);
            }
            if synced {
                handle.sync_all().map_err(|error| refused(&wanted, &error))?;
            }
            Ok(())
        })
        .await?;
        let reach = if synced {
            Reach::There
        } else {
            Reach::Closed(self.place.folders.clone(), self.place.part.clone())
        };
        self.tell(0, reach);
        Ok(())
    }
}

/// Gives a file, said by its place in the list and its path there, the wanted name, or `(2)`, `(3)` … until one is free.
pub(super) async fn give_name(
    root: &Root,
    ledger: &Ledger,
    (index, wanted): (usize, &str),
    place: &Place,
) -> Result<String, TransferError> {
    for number in 1..10_000 {
        let name = match number {
            1 => place.name.clone(),
            _ => numbered(&place.name, number, MAX_NAME),
        };
        ledger.naming(index, &name).await?;
        match root.rename(&place.folders, &place.part, &name) {
            Ok(()) => return Ok(name),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(refused(wanted, &error)),
        }
    }
    Err(refused(wanted, &io::ErrorKind::AlreadyExists.into()))
}

impl Sink for Unfinished {
    type Chunk = Plain;

    async fn write(&mut self, chunk: Plain) -> Result<(), TransferError> {
        let Some(handle) = self.handle.clone() else {
            return Err(TransferError::Device("more bytes than the file has".to_owned()));
        };
        self.ledger.settle().await?;
        let len = chunk.0.len() as u64;
        let (wanted, mut crc) = (self.wanted.clone(), self.crc.clone());
        let target = Arc::clone(&handle);
        self.crc = off_thread(move || {
            (&*target)
                .write_all(&chunk.0)
                .map_err(|error| refused(&wanted, &error))?;
            crc.update(&chunk.0);
            Ok(crc)
        })
        .await?;
        self.written += len;
        if self.written < self.len {
            self.tell(len, Reach::Open(handle));
            return Ok(());
        }
        drop(handle);
        self.fill().await
    }

    async fn finish(mut self, _: Proof) -> Result<(), TransferError> {
        self.fill().await?;
        // The ledger must know all bytes before it hears of the name.
        self.ledger.flush().await?;
        let file = (self.index, self.wanted.as_str());
        let name = match give_name(&self.root, &self.ledger, file, &self.place).await {
            Ok(name) => name,
            // The next run tries again to name it.
            Err(error) if self.ledger.keeps() && self.len > 0 => return Err(error),
            Err(error) => {
                self.abort().await;
                return Err(error);
            }
        };
        self.saved.borrow_mut().push(Saved::new(
            &self.base,
            self.index,
            &self.wanted,
            &self.place.folders,
            &name,
        ));
        Ok(())
    }

    async fn abort(mut self) {
        drop(self.handle.take());
        // What cannot be removed is named .part and says so itself.
        let _ = self.root.remove(&self.place.folders, &self.place.part);
    }

    async fn leave(self) {}
}
