//! Where downloads go: files written as `NAME.part` below one folder, named when they are proven. Nothing that exists
//! is overwritten or followed.

#[cfg(unix)]
mod by_handle;
#[cfg(not(unix))]
mod by_path;
pub(crate) mod names;
mod reopen;
pub(crate) mod root;
pub(crate) mod save_error;
pub(crate) mod saved;
#[cfg(test)]
mod tests;
mod unfinished;

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
    io,
    path::{Path, PathBuf},
    rc::Rc,
    sync::Arc,
};

use sealdrop_transfer::{DeviceFault, SinkFile, Sinks, TransferError};

use self::{
    names::{Names, PART, final_name, first_free, part_name, split},
    root::{Root, id_of, make_folder},
    save_error::refused,
    saved::Saved,
    unfinished::{Shared, Unfinished},
};
use crate::{
    download_journal::{DownloadJournal, replay::Place},
    off_thread::off_thread,
    platform::plain::Plain,
};

/// Folders whose names are brought to the disk one after another; with more, all that was written is.
const ONE_BY_ONE: usize = 32;

/// The folder of a download.
pub(crate) struct Folder {
    /// The one that the person named.
    path: PathBuf,
    parent: Arc<Root>,
    names: Arc<Names>,
    /// Where the files go: a new folder in it, or itself.
    base: Option<Base>,
    journal: Rc<DownloadJournal>,
    saved: Rc<RefCell<Vec<Saved>>>,
    /// Files that earlier runs left, looked at and found as they were.
    left: BTreeMap<usize, Left>,
}

struct Base {
    root: Arc<Root>,
    /// The new folder's name, if there is one.
    folder: Option<String>,
}

/// An unfinished file of an earlier run.
struct Left {
    place: Place,
    crc: u32,
}

impl Folder {
    /// Opens the folder that the person named, making it where it is not there.
    pub(crate) fn open(path: &Path, names: Names, journal: &Rc<DownloadJournal>) -> io::Result<Self> {
        make_folder(path)?;
        Ok(Self {
            path: path.to_owned(),
            parent: Arc::new(Root::open(path)?),
            names: Arc::new(names),
            base: None,
            journal: Rc::clone(journal),
            saved: Rc::default(),
            left: BTreeMap::new(),
        })
    }

    /// Does once what is done to every file, before the first byte is fetched: made under one name and given another.
    pub(crate) fn try_out(&self) -> io::Result<()> {
        let stem = format!(".sealdrop-probe-{}", std::process::id());
        let (file, part) = first_free(|number| {
            let part = format!("{stem}-{number}{PART}");
            self.parent.create("", &part).map(|file| (file, part))
        })?;
        drop(file);
        let name = part.trim_end_matches(PART);
        let named = self.parent.rename("", &part, name);
        let removed = self.parent.remove("", if named.is_ok() { name } else { &part });
        named.and(removed)
    }

    /// Makes the new folder, where there shall be one. `(2)`, `(3)` … where its name is taken: nothing is ever put beside what was
    /// there.
    pub(crate) async fn make(&mut self) -> Result<(), TransferError> {
        let Some(wanted) = &self.names.folder else {
            self.begin_in(Arc::clone(&self.parent), None);
            return Ok(());
        };
        let made = first_free(|number| {
            let name = final_name(wanted, number);
            self.parent.make_new(&name).map(|root| (root, name))
        });
        let (root, name) = made.map_err(|error| refused(wanted, &error))?;
        self.journal.folder(&name).await?;
        self.begin_in(Arc::new(root), Some(name));
        Ok(())
    }

    fn begin_in(&mut self, root: Arc<Root>, folder: Option<String>) {
        self.journal.attach(&root);
        self.base = Some(Base { root, folder });
    }

    fn base(&self) -> Result<&Arc<Root>, TransferError> {
        let base = self.base.as_ref();
        base.map(|base| &base.root)
            .ok_or_else(|| TransferError::device(DeviceFault::Internal, "no folder"))
    }

    fn shared(&self) -> Result<Shared, TransferError> {
        Ok(Shared {
            root: Arc::clone(self.base()?),
            journal: Rc::clone(&self.journal),
            saved: Rc::clone(&self.saved),
            names: Arc::clone(&self.names),
        })
    }

    /// The new folder that files are saved in, if there is one.
    pub(crate) fn new_folder(&self) -> Option<PathBuf> {
        let folder = self.base.as_ref()?.folder.as_ref()?;
        Some(self.path.join(folder))
    }

    /// What the files are called.
    pub(crate) fn names(&self) -> &Names {
        &self.names
    }

    /// What was saved, by earlier runs as well.
    pub(crate) fn saved(&self) -> Vec<Saved> {
        self.saved.borrow().clone()
    }

    /// Where a saved file is.
    pub(crate) fn path_of(&self, saved: Saved) -> PathBuf {
        let (folders, name) = split(self.names.path(saved.index));
        let mut path = self.new_folder().unwrap_or_else(|| self.path.clone());
        path.extend(folders.split('/').filter(|one| !one.is_empty()));
        path.push(final_name(name, saved.nth));
        path
    }

    /// Whether a saved file has another name than it has in the list.
    pub(crate) fn is_renamed(&self, saved: Saved, wanted: &str) -> bool {
        saved.nth > 1 || self.names.is_other(saved.index, wanted)
    }

    /// Removes folders of this download that nothing is in.
    fn remove_empty(&mut self) {
        let Some(Base {
            root,
            folder: Some(folder),
        }) = &self.base
        else {
            return;
        };
        let mut folders: Vec<&str> = self.names.paths.iter().flat_map(|path| folders_of(path)).collect();
        folders.sort_unstable();
        folders.dedup();
        // Inner ones before outer ones. What cannot be removed is not empty, or was never made.
        for inside in folders.into_iter().rev() {
            let _ = root.remove_folder(inside);
        }
        let _ = self.parent.remove_folder(folder);
    }
}

/// The folders above a path: `a`, `a/b` for `a/b/c`.
fn folders_of(path: &str) -> impl Iterator<Item = &str> {
    path.match_indices('/').map(|(at, _)| &path[..at])
}

impl Sinks for Folder {
    type Chunk = Plain;
    type Sink = Unfinished;

    async fn open(&mut self, file: &SinkFile) -> Result<Unfinished, TransferError> {
        if file.offset > 0 {
            return self.go_on(file);
        }
        let root = self.base()?;
        let (folders, name) = split(self.names.path(file.index));
        let (handle, nth) = first_free(|nth| root.create(folders, &part_name(name, nth)).map(|handle| (handle, nth)))
            .map_err(|error| refused(&file.path, &error))?;
        let number = id_of(&handle).map_err(|error| refused(&file.path, &error))?;
        // A file of which the journal knows nothing would stay for ever.
        let mut sink = Unfinished::new(
            self.shared()?,
            file,
            Place { nth, number },
            (handle, crc32fast::Hasher::new()),
        );
        match self.journal.opened(file.index, &sink.place) {
            Ok(()) if file.len == 0 => sink.fill().await?,
            Ok(()) => {}
            Err(error) => {
                sealdrop_transfer::Sink::abort(sink).await;
                return Err(error);
            }
        }
        Ok(sink)
    }

    /// Names come to the disk before the download is counted and its journal removed. After a power cut there would
    /// otherwise be files that were called complete and are named `.part`, and nothing left that speaks of them.
    async fn close(&mut self) -> Result<(), TransferError> {
        let names = Arc::clone(&self.names);
        let (root, parent) = (Arc::clone(self.base()?), Arc::clone(&self.parent));
        off_thread(move || {
            let folders = names.paths.iter().flat_map(|path| folders_of(path));
            let folders: BTreeSet<&str> = folders.chain([""]).collect();
            // Hundreds of folders are one request where the system can do it.
            if folders.len() > ONE_BY_ONE && root.sync_all().unwrap_or(false) {
                return Ok(());
            }
            let shown = |folder: &str| if folder.is_empty() { "the folder" } else { folder }.to_owned();
            folders.iter().try_for_each(|one| {
                let synced = root.sync_names(one);
                synced.map_err(|error| refused(&shown(one), &error))
            })?;
            parent.sync_names("").map_err(|error| refused(&shown(""), &error))
        })
        .await
    }

    async fn abort(&mut self) {
        self.remove_empty();
    }
}
