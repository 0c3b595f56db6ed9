//! Below one folder by paths, where the system has no handles to walk by: each component is looked at before it is
//! used.

use std::{
    fs::{self, File, OpenOptions},
    io,
    path::{Path, PathBuf},
};

use super::names::split;
use crate::rename_new::rename_new;

/// The folder below which all happens.
#[derive(Debug)]
pub(crate) struct Root(PathBuf);

/// Makes the folder that the person named where it is not there.
pub(crate) fn make_folder(path: &Path) -> io::Result<()> {
    fs::create_dir_all(path)
}

impl Root {
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        Ok(Self(path.canonicalize()?))
    }

    pub(super) fn make_new(&self, name: &str) -> io::Result<Self> {
        fs::create_dir(self.0.join(name))?;
        self.below(name)
    }

    pub(super) fn below(&self, name: &str) -> io::Result<Self> {
        Ok(Self(self.enter(name, false)?))
    }

    pub(super) fn has(&self, folder: &str, name: &str) -> bool {
        let folder = self.enter(folder, false);
        folder.is_ok_and(|folder| fs::symlink_metadata(folder.join(name)).is_ok())
    }

    pub(super) fn remove_folder(&self, path: &str) -> io::Result<()> {
        let (above, name) = split(path);
        fs::remove_dir(self.enter(above, false)?.join(name))
    }

    pub(super) fn create(&self, folder: &str, name: &str) -> io::Result<File> {
        let folder = self.enter(folder, true)?;
        OpenOptions::new().write(true).create_new(true).open(folder.join(name))
    }

    pub(crate) fn reopen(&self, folder: &str, name: &str) -> io::Result<File> {
        let path = self.enter(folder, false)?.join(name);
        if fs::symlink_metadata(&path)?.is_file() {
            OpenOptions::new().read(true).write(true).open(path)
        } else {
            Err(io::Error::other("not a file"))
        }
    }

    pub(crate) fn sync_all(&self) -> io::Result<bool> {
        Ok(false)
    }

    /// Folders cannot be opened everywhere: when their names come to the disk is the system's affair.
    pub(super) fn sync_names(&self, _: &str) -> io::Result<()> {
        Ok(())
    }

    pub(super) fn rename(&self, folder: &str, from: &str, to: &str) -> io::Result<()> {
        let folder = self.enter(folder, false)?;
        rename_new(&folder.join(from), &folder.join(to))
    }

    pub(super) fn remove(&self, folder: &str, name: &str) -> io::Result<()> {
        fs::remove_file(self.enter(folder, false)?.join(name))
    }

    fn enter(&self, path: &str, make: bool) -> io::Result<PathBuf> {
        let mut here = self.0.clone();
        for folder in path.split('/').filter(|folder| !folder.is_empty()) {
            here.push(folder);
            if make && fs::symlink_metadata(&here).is_err() {
                fs::create_dir(&here)?;
            }
            if !fs::symlink_metadata(&here)?.is_dir() {
                return Err(io::Error::other(format!(
                    "its folder {folder} is a file or a symbolic link"
                )));
            }
        }
        Ok(here)
    }
}

/// Files have no number here that this language can ask for: length and CRC-32 have to do.
pub(crate) const fn id_of(_: &File) -> io::Result<u64> {
    Ok(0)
}
