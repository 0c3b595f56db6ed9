//! Where downloads go: files written as `NAME.part` below one folder, named when they are proven. Nothing that exists
//! is overwritten or followed.

#[cfg(unix)]
mod by_handle;
#[cfg(not(unix))]
mod by_path;

#[cfg(unix)]
use by_handle as system;
#[cfg(not(unix))]
use by_path as system;

use std::{
    cell::RefCell,
    fs::File,
    io::{self, Write},
    path::{Path, PathBuf},
    rc::Rc,
    time::{Duration, SystemTime},
};

use sealdrop_transfer::{Proof, Sink, SinkFile, Sinks, Target, TransferError, numbered, save_name, shorten};

use tokio::task::JoinHandle;

use crate::machine::{Plain, off_thread};

/// Ending of a file that is not finished.
const PART: &str = ".part";
/// Longest name that a file system takes, in bytes.
const MAX_NAME: usize = 255;
/// Files at least this long are brought to the disk before they get their name.
const SYNCED: u64 = 1 << 20;

/// Bytes after which what was written is sent on its way to the disk, so that the end does not wait for all of it.
const FLUSHED: u64 = 64 << 20;

/// The folder of a download.
pub(crate) struct Folder {
    path: PathBuf,
    root: Rc<system::Root>,
    saved: Rc<RefCell<Vec<Saved>>>,
}

/// A file that got its name.
#[derive(Debug, Clone)]
pub(crate) struct Saved {
    /// Its path as stored in the link.
    pub(crate) wanted: String,
    /// Where it is.
    pub(crate) path: PathBuf,
    /// Whether it has another name than it wanted.
    pub(crate) renamed: bool,
    /// How much was proven.
    pub(crate) proof: Proof,
}

impl Folder {
    /// Opens the folder, making it where it is not there.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        std::fs::create_dir_all(path)?;
        Ok(Self {
            path: path.to_owned(),
            root: Rc::new(system::Root::open(path)?),
            saved: Rc::default(),
        })
    }

    /// What was saved so far.
    pub(crate) fn saved(&self) -> Vec<Saved> {
        self.saved.borrow().clone()
    }
}

impl Sinks for Folder {
    type Chunk = Plain;
    type Sink = Unfinished;

    async fn open(&mut self, file: &SinkFile) -> Result<Unfinished, TransferError> {
        let mut folders: Vec<String> = file.path.split('/').map(|one| save_name(one, Target::here())).collect();
        let name = folders.pop().unwrap_or_else(|| "file".to_owned());
        let (handle, part) = first_free(|number| {
            let name = match number {
                1 => shorten(&name, MAX_NAME - PART.len()),
                _ => numbered(&name, number, MAX_NAME - PART.len()),
            };
            let part = format!("{name}{PART}");
            self.root.create(&folders, &part).map(|handle| (handle, part))
        })
        .map_err(|error| refused(&file.path, &error))?;
        let mut sink = Unfinished {
            root: Rc::clone(&self.root),
            base: self.path.clone(),
            saved: Rc::clone(&self.saved),
            wanted: file.path.clone(),
            folders,
            name,
            part,
            handle: Some(handle),
            left: file.len,
            len: file.len,
            unflushed: 0,
            flushing: None,
            modified_ms: file.modified_ms,
        };
        if file.len == 0 {
            sink.fill().await?;
        }
        Ok(sink)
    }
}

/// Tries a name, then `(2)`, `(3)` … until one is free.
fn first_free<T>(mut attempt: impl FnMut(u32) -> io::Result<T>) -> io::Result<T> {
    for number in 1..10_000 {
        match attempt(number) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            other => return other,
        }
    }
    Err(io::Error::new(
        io::ErrorKind::AlreadyExists,
        "every name like it is taken",
    ))
}

/// A file on its way.
pub(crate) struct Unfinished {
    root: Rc<system::Root>,
    base: PathBuf,
    saved: Rc<RefCell<Vec<Saved>>>,
    wanted: String,
    folders: Vec<String>,
    name: String,
    part: String,
    handle: Option<File>,
    left: u64,
    len: u64,
    /// Bytes since the last flush, and that one while it runs.
    unflushed: u64,
    flushing: Option<JoinHandle<io::Result<()>>>,
    modified_ms: Option<u64>,
}

impl Unfinished {
    /// Beside the next writes. An error is told once for all handles of a file, so this one's is kept.
    async fn flush_some(&mut self, handle: &File, len: u64) -> Result<(), TransferError> {
        self.unflushed += len;
        if self.unflushed < FLUSHED || self.flushing.as_ref().is_some_and(|flushing| !flushing.is_finished()) {
            return Ok(());
        }
        self.flushed().await?;
        if let Ok(twin) = handle.try_clone() {
            self.unflushed = 0;
            self.flushing = Some(tokio::task::spawn_blocking(move || twin.sync_data()));
        }
        Ok(())
    }

    /// How the last flush ended.
    async fn flushed(&mut self) -> Result<(), TransferError> {
        let Some(flushing) = self.flushing.take() else {
            return Ok(());
        };
        let result = flushing.await.map_err(io::Error::other).flatten();
        result.map_err(|error| refused(&self.wanted, &error))
    }

    /// All bytes are there: the handle is given back now, since many files may wait for one proof.
    async fn fill(&mut self) -> Result<(), TransferError> {
        let Some(handle) = self.handle.take() else {
            return Ok(());
        };
        self.flushed().await?;
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
        .await
    }
}

impl Sink for Unfinished {
    type Chunk = Plain;

    async fn write(&mut self, chunk: Plain) -> Result<(), TransferError> {
        let Some(mut handle) = self.handle.take() else {
            return Err(TransferError::Device("more bytes than the file has".to_owned()));
        };
        let len = chunk.0.len() as u64;
        let wanted = self.wanted.clone();
        let handle = off_thread(move || match handle.write_all(&chunk.0) {
            Ok(()) => Ok(handle),
            Err(error) => Err(refused(&wanted, &error)),
        })
        .await?;
        self.flush_some(&handle, len).await?;
        self.handle = Some(handle);
        self.left = self.left.saturating_sub(len);
        if self.left == 0 {
            self.fill().await?;
        }
        Ok(())
    }

    async fn finish(mut self, proof: Proof) -> Result<(), TransferError> {
        self.fill().await?;
        let name = first_free(|number| {
            let name = match number {
                1 => self.name.clone(),
                _ => numbered(&self.name, number, MAX_NAME),
            };
            self.root.rename(&self.folders, &self.part, &name).map(|()| name)
        });
        let name = match name {
            Ok(name) => name,
            Err(error) => {
                let refused = refused(&self.wanted, &error);
                self.abort().await;
                return Err(refused);
            }
        };
        let mut path = self.base.clone();
        path.extend(&self.folders);
        path.push(&name);
        let place = self
            .folders
            .iter()
            .chain([&name])
            .map(String::as_str)
            .collect::<Vec<_>>()
            .join("/");
        let renamed = place != self.wanted;
        self.saved.borrow_mut().push(Saved {
            wanted: self.wanted.clone(),
            path,
            renamed,
            proof,
        });
        Ok(())
    }

    async fn abort(mut self) {
        drop(self.handle.take());
        // What cannot be removed is named .part and says so itself.
        let _ = self.root.remove(&self.folders, &self.part);
    }
}

/// What the system refused, as the spine says it.
fn refused(file: &str, error: &io::Error) -> TransferError {
    let file = file.to_owned();
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
            TransferError::DiskFull { file }
        }
        io::ErrorKind::PermissionDenied => TransferError::SaveRefused {
            file,
            why: "permission denied".to_owned(),
        },
        _ => TransferError::SaveRefused {
            file,
            why: error.to_string(),
        },
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn file(path: &str, len: u64) -> SinkFile {
        SinkFile {
            index: 0,
            path: path.to_owned(),
            len,
            mime: None,
            modified_ms: Some(1_000),
        }
    }

    fn run<T>(work: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime starts")
            .block_on(work)
    }

    async fn save(folder: &mut Folder, path: &str, bytes: &'static [u8]) -> Result<(), TransferError> {
        let mut sink = folder.open(&file(path, bytes.len() as u64)).await?;
        if !bytes.is_empty() {
            sink.write(Plain(bytes::Bytes::from_static(bytes))).await?;
        }
        sink.finish(Proof::Whole).await
    }

    #[test]
    fn nothing_that_exists_is_overwritten() -> io::Result<()> {
        let place = tempfile::tempdir()?;
        fs::write(place.path().join("a.txt"), "old")?;
        fs::write(place.path().join("a.txt.part"), "other")?;
        let mut folder = Folder::open(place.path())?;
        run(save(&mut folder, "a.txt", b"new")).expect("it is saved beside");
        assert_eq!(fs::read_to_string(place.path().join("a.txt"))?, "old");
        assert_eq!(fs::read_to_string(place.path().join("a.txt.part"))?, "other");
        assert_eq!(fs::read_to_string(place.path().join("a (2).txt"))?, "new");
        assert!(folder.saved()[0].renamed);
        Ok(())
    }

    #[test]
    fn an_unfinished_file_has_no_name_and_an_aborted_one_is_gone() -> io::Result<()> {
        let place = tempfile::tempdir()?;
        let mut folder = Folder::open(place.path())?;
        run(async {
            let mut sink = folder.open(&file("dir/a", 4)).await.expect("it opens");
            sink.write(Plain(bytes::Bytes::from_static(b"ab")))
                .await
                .expect("it writes");
            assert!(place.path().join("dir/a.part").exists() && !place.path().join("dir/a").exists());
            sink.abort().await;
        });
        assert_eq!(fs::read_dir(place.path().join("dir"))?.count(), 0);
        Ok(())
    }

    #[cfg(unix)]
    #[test]
    fn no_symbolic_link_is_followed() -> io::Result<()> {
        let (place, outside) = (tempfile::tempdir()?, tempfile::tempdir()?);
        std::os::unix::fs::symlink(outside.path(), place.path().join("dir"))?;
        std::os::unix::fs::symlink(outside.path().join("target"), place.path().join("a"))?;
        let mut folder = Folder::open(place.path())?;
        let refused = run(save(&mut folder, "dir/x", b"1")).expect_err("the folder is a link");
        assert!(matches!(refused, TransferError::SaveRefused { .. }), "{refused:?}");
        run(save(&mut folder, "a", b"1")).expect("the link is left alone");
        assert_eq!(fs::read_dir(outside.path())?.count(), 0);
        assert_eq!(fs::read(place.path().join("a (2)"))?, b"1");
        Ok(())
    }

    #[test]
    fn long_names_fit_with_their_ending() -> io::Result<()> {
        let place = tempfile::tempdir()?;
        let mut folder = Folder::open(place.path())?;
        let long: &'static str = Box::leak(format!("{}.txt", "x".repeat(251)).into_boxed_str());
        run(save(&mut folder, long, b"1")).expect("255 bytes fit");
        run(save(&mut folder, long, b"2")).expect("and a second one beside it");
        assert_eq!(fs::read(place.path().join(long))?, b"1");
        assert_eq!(fs::read_dir(place.path())?.count(), 2);
        Ok(())
    }
}
