//! Where downloads go: files written as `NAME.part` below one folder, named when they are proven. Nothing that exists
//! is overwritten or followed.

#[cfg(unix)]
mod by_handle;
#[cfg(not(unix))]
mod by_path;
mod take_up;
mod unfinished;

#[cfg(unix)]
use by_handle as system;
#[cfg(not(unix))]
use by_path as system;

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
    io,
    path::{Path, PathBuf},
    rc::Rc,
    sync::Arc,
};

use sealdrop_transfer::{SinkFile, Sinks, Target, TransferError, numbered, save_name, shorten};

pub(crate) use self::system::Root;
use self::unfinished::Unfinished;
use crate::{
    ledger::{Ledger, Place},
    machine::{Plain, off_thread},
};

/// Ending of a file that is not finished.
const PART: &str = ".part";
/// Longest name that a file system takes, in bytes.
const MAX_NAME: usize = 255;
/// Folders whose names are brought to the disk one after another; with more, all that was written is.
const ONE_BY_ONE: usize = 32;

/// The folder of a download.
pub(crate) struct Folder {
    path: PathBuf,
    root: Arc<Root>,
    ledger: Rc<Ledger>,
    saved: Rc<RefCell<Vec<Saved>>>,
    /// Files that earlier runs left, looked at and found as they were.
    left: BTreeMap<usize, Left>,
}

/// An unfinished file of an earlier run.
struct Left {
    place: Place,
    crc: u32,
}

/// A file that got its name.
#[derive(Debug, Clone)]
pub(crate) struct Saved {
    /// Its place in the list.
    pub(crate) index: usize,
    /// Its path as stored in the link.
    pub(crate) wanted: String,
    /// Where it is.
    pub(crate) path: PathBuf,
    /// Whether it has another name than it wanted.
    pub(crate) renamed: bool,
    /// Its folders below that of the download.
    folders: Vec<String>,
}

impl Folder {
    /// Opens the folder, making it where it is not there.
    pub(crate) fn open(path: &Path, ledger: &Rc<Ledger>) -> io::Result<Self> {
        system::make_folder(path)?;
        let root = Arc::new(Root::open(path)?);
        ledger.attach(&root);
        Ok(Self {
            path: path.to_owned(),
            root,
            ledger: Rc::clone(ledger),
            saved: Rc::default(),
            left: BTreeMap::new(),
        })
    }

    /// Does once what is done to every file, before the first byte is fetched: made under one name and given another.
    pub(crate) fn try_out(&self) -> io::Result<()> {
        let stem = format!(".sealdrop-probe-{}", std::process::id());
        let (file, part) = first_free(|number| {
            let part = format!("{stem}-{number}{PART}");
            self.root.create(&[], &part).map(|file| (file, part))
        })?;
        drop(file);
        let name = part.trim_end_matches(PART);
        let named = self.root.rename(&[], &part, name);
        let removed = self.root.remove(&[], if named.is_ok() { name } else { &part });
        named.and(removed)
    }

    /// What was saved, by earlier runs as well.
    pub(crate) fn saved(&self) -> Vec<Saved> {
        self.saved.borrow().clone()
    }
}

impl Sinks for Folder {
    type Chunk = Plain;
    type Sink = Unfinished;

    async fn open(&mut self, file: &SinkFile) -> Result<Unfinished, TransferError> {
        if file.offset > 0 {
            return self.go_on(file);
        }
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
        let number = system::id_of(&handle).map_err(|error| refused(&file.path, &error))?;
        let place = Place {
            folders,
            name,
            part,
            number,
        };
        // A file of which the ledger knows nothing would stay for ever.
        let mut sink = Unfinished::new(self, file, place, (handle, crc32fast::Hasher::new()));
        match self.ledger.opened(file.index, &sink.place).await {
            Ok(()) if file.len == 0 => sink.fill().await?,
            Ok(()) => {}
            Err(error) => {
                sealdrop_transfer::Sink::abort(sink).await;
                return Err(error);
            }
        }
        Ok(sink)
    }

    /// Names come to the disk before the download is counted and its ledger removed. After a power cut there would
    /// otherwise be files that were called complete and are named `.part`, and nothing left that speaks of them.
    async fn close(&mut self) -> Result<(), TransferError> {
        let saved = self.saved();
        let root = Arc::clone(&self.root);
        off_thread(move || {
            let folders = saved.iter().map(|one| one.folders.as_slice());
            let folders: BTreeSet<&[String]> = folders.flat_map(|one| (0..=one.len()).map(|to| &one[..to])).collect();
            // Hundreds of folders are one request where the system can do it.
            if folders.len() > ONE_BY_ONE && root.sync_all().unwrap_or(false) {
                return Ok(());
            }
            folders.iter().try_for_each(|one| {
                let synced = root.sync_names(one);
                synced.map_err(|error| refused(one.last().map_or("the folder", String::as_str), &error))
            })
        })
        .await
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
    Err(io::Error::new(io::ErrorKind::AlreadyExists, "no free name is left"))
}

/// What the system refused, as the spine says it.
pub(crate) fn refused(file: &str, error: &io::Error) -> TransferError {
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

    use sealdrop_api::LinkId;
    use sealdrop_transfer::{Proof, Sink};

    use super::*;

    fn file(path: &str, len: u64) -> SinkFile {
        SinkFile {
            index: 0,
            path: path.to_owned(),
            len,
            offset: 0,
            mime: None,
            modified_ms: Some(1_000),
        }
    }

    fn folder(path: &Path) -> io::Result<Folder> {
        Folder::open(path, &Rc::new(Ledger::none(LinkId([1; 16]))))
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
        let mut folder = folder(place.path())?;
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
        let mut folder = folder(place.path())?;
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
        let mut folder = folder(place.path())?;
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
        let mut folder = folder(place.path())?;
        let long: &'static str = Box::leak(format!("{}.txt", "x".repeat(251)).into_boxed_str());
        run(save(&mut folder, long, b"1")).expect("255 bytes fit");
        run(save(&mut folder, long, b"2")).expect("and a second one beside it");
        assert_eq!(fs::read(place.path().join(long))?, b"1");
        assert_eq!(fs::read_dir(place.path())?.count(), 2);
        Ok(())
    }
}
