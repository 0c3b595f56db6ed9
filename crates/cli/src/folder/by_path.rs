//! Below one folder by paths, where the system has no handles to walk by: each component is looked at before it is
//! used.

use std::{
    fs::{self, File, OpenOptions},
    io,
    path::{Path, PathBuf},
};

/// The folder below which all happens.
#[derive(Debug)]
pub(crate) struct Root(PathBuf);

/// Makes the folder that the person named where it is not there.
pub(super) fn make_folder(path: &Path) -> io::Result<()> {
    fs::create_dir_all(path)
}

impl Root {
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        Ok(Self(path.canonicalize()?))
    }

    pub(super) fn create(&self, folders: &[String], name: &str) -> io::Result<File> {
        let folder = self.enter(folders, true)?;
        OpenOptions::new().write(true).create_new(true).open(folder.join(name))
    }

    pub(crate) fn reopen(&self, folders: &[String], name: &str) -> io::Result<File> {
        let path = self.enter(folders, false)?.join(name);
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
    pub(super) fn sync_names(&self, _: &[String]) -> io::Result<()> {
        Ok(())
    }

    pub(super) fn rename(&self, folders: &[String], from: &str, to: &str) -> io::Result<()> {
        let folder = self.enter(folders, false)?;
        let to = folder.join(to);
        if fs::symlink_metadata(&to).is_ok() {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        fs::rename(folder.join(from), to)
    }

    pub(super) fn remove(&self, folders: &[String], name: &str) -> io::Result<()> {
        fs::remove_file(self.enter(folders, false)?.join(name))
    }

    fn enter(&self, folders: &[String], make: bool) -> io::Result<PathBuf> {
        let mut here = self.0.clone();
        for folder in folders {
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
pub(super) const fn id_of(_: &File) -> io::Result<u64> {
    Ok(0)
}
