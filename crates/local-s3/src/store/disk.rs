//! The few things the store does to a disk, each in the order that survives a power cut.

use std::{
    fs::{self, File},
    io::{self, Write as _},
    path::{Path, PathBuf},
    sync::atomic::Ordering,
};

use super::{
    bucket_folder::Store,
    fault::Step,
    names::{self, DataId},
};

/// A file on its way. Dropped before [`TempFile::rename`], it takes its bytes with it.
#[derive(Debug)]
pub(crate) struct TempFile {
    pub(crate) file: File,
    path: Option<PathBuf>,
}

impl TempFile {
    /// The moment of commit: the file is at `to`, or an error is returned and it is nowhere.
    pub(crate) fn rename(mut self, to: &Path) -> io::Result<()> {
        if let Some(path) = &self.path {
            fs::rename(path, to)?;
            self.path = None;
        }
        Ok(())
    }
}

impl Drop for TempFile {
    fn drop(&mut self) {
        if let Some(path) = self.path.take()
            && let Err(error) = fs::remove_file(&path)
        {
            tracing::warn!(path = %path.display(), %error, "a temporary file stays until the next start");
        }
    }
}

impl Store {
    /// A new file in `tmp/`.
    pub(crate) fn temp_file(&self) -> io::Result<TempFile> {
        let path = self.temp_folder().join(DataId::make()?.to_string());
        let file = File::create_new(&path)?;
        Ok(TempFile { file, path: Some(path) })
    }

    /// A new file in `tmp/` that holds `bytes`, durably.
    pub(super) fn temp_file_of(&self, bytes: &[u8]) -> io::Result<TempFile> {
        let mut temp = self.temp_file()?;
        temp.file.write_all(bytes)?;
        temp.file.sync_all()?;
        Ok(temp)
    }

    pub(crate) fn pass(&self, step: Step) -> io::Result<()> {
        self.faults.pass(step)
    }

    /// Bytes that an unprivileged process may still write here.
    pub(crate) fn available_bytes(&self) -> io::Result<u64> {
        let stat = rustix::fs::statvfs(&self.root)?;
        Ok(stat.f_bavail.saturating_mul(stat.f_frsize))
    }

    pub(super) fn temp_folder(&self) -> PathBuf {
        self.root.join("tmp")
    }

    pub(super) fn data_folder(&self) -> PathBuf {
        self.root.join("data")
    }

    pub(super) fn objects_folder(&self) -> PathBuf {
        self.root.join("objects")
    }

    pub(super) fn manifest_path(&self, key: &str) -> PathBuf {
        self.objects_folder().join(names::manifest_name(key))
    }

    /// The next place in the order of finished parts.
    pub(super) fn next_seq(&self) -> u64 {
        let now = now_ms().saturating_mul(1000);
        let next = |last: u64| now.max(last + 1);
        // `fetch_update` returns what was there before, from which `next` gives what is there now.
        match self
            .last_seq
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |last| Some(next(last)))
        {
            Ok(last) | Err(last) => next(last),
        }
    }
}

/// Makes renames and unlinks in `folder` durable.
pub(super) fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Milliseconds since 1970.
#[expect(
    clippy::disallowed_methods,
    reason = "files carry the time of this machine, as on every file system"
)]
pub(super) fn now_ms() -> u64 {
    std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .map_or(0, |since| u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}
