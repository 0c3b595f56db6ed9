//! What the folder holds, in memory: about 200 bytes an object and 48 a part. The folder is the truth, this is its index.

use std::{
    collections::BTreeMap,
    fs, io,
    path::PathBuf,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use super::names::{DataId, PartFile};

/// A folder of part files, shared by its readers. Once doomed, it is deleted when the last of them drops it.
#[derive(Debug)]
pub(crate) struct DataFolder {
    pub(crate) id: DataId,
    pub(crate) path: PathBuf,
    doomed: AtomicBool,
    /// Whether the manifest that speaks for it has survived a sync.
    durable: AtomicBool,
}

impl DataFolder {
    pub(crate) fn new(id: DataId, path: PathBuf) -> Self {
        Self {
            id,
            path,
            doomed: AtomicBool::new(false),
            durable: AtomicBool::new(false),
        }
    }

    /// Nothing on disk speaks for this folder any more.
    pub(crate) fn doom(&self) {
        self.doomed.store(true, Ordering::Release);
    }

    /// A power cut leaves its manifest where it is.
    pub(super) fn note_durable(&self) {
        self.durable.store(true, Ordering::Release);
    }

    pub(crate) fn is_durable(&self) -> bool {
        self.durable.load(Ordering::Acquire)
    }

    pub(crate) fn is_doomed(&self) -> bool {
        self.doomed.load(Ordering::Acquire)
    }
}

impl Drop for DataFolder {
    fn drop(&mut self) {
        if self.is_doomed()
            && let Err(error) = fs::remove_dir_all(&self.path)
            && error.kind() != io::ErrorKind::NotFound
        {
            tracing::warn!(path = %self.path.display(), %error, "a deleted folder stays until the next start");
        }
    }
}

/// An object as its manifest tells it.
#[derive(Debug)]
pub(crate) struct StoredObject {
    pub(crate) key: String,
    /// Without quotes.
    pub(crate) etag: String,
    /// Bytes.
    pub(crate) size: u64,
    /// Milliseconds since 1970.
    pub(crate) modified_ms: u64,
    pub(crate) multipart: bool,
    pub(crate) parts: Box<[PartFile]>,
    pub(crate) data: std::sync::Arc<DataFolder>,
}

/// An open multipart upload.
#[derive(Debug)]
pub(crate) struct Upload {
    pub(crate) key: String,
    /// Milliseconds since 1970.
    pub(crate) started_ms: u64,
    pub(crate) data: std::sync::Arc<DataFolder>,
    pub(super) state: Mutex<UploadState>,
}

#[derive(Debug, Default)]
pub(super) struct UploadState {
    /// Completed or aborted: no part may land any more.
    pub(super) closed: bool,
    pub(super) parts: BTreeMap<u16, PartFile>,
}

impl Upload {
    pub(super) fn new(key: String, started_ms: u64, data: DataFolder, parts: BTreeMap<u16, PartFile>) -> Self {
        Self {
            key,
            started_ms,
            data: data.into(),
            state: Mutex::new(UploadState { closed: false, parts }),
        }
    }
}

/// A panic elsewhere leaves these maps whole: they change by single inserts and removals, after the disk did.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
