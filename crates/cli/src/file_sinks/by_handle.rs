//! Below one folder by handles: each component is opened by itself and never followed, so neither a hostile name nor
//! a symbolic link that is planted meanwhile leads outside.

use std::{
    fs::File,
    io,
    os::fd::{AsFd, BorrowedFd, OwnedFd},
    path::Path,
};

use rustix::{
    fs::{
        AtFlags, CWD, Mode, OFlags, RenameFlags, fsync, linkat, mkdirat, openat, renameat, renameat_with, statat,
        unlinkat,
    },
    io::Errno,
};

use super::names::split;

/// The folder below which all happens.
#[derive(Debug)]
pub(crate) struct Root(OwnedFd);

const FOLDER: OFlags = OFlags::DIRECTORY.union(OFlags::CLOEXEC).union(OFlags::RDONLY);

/// Makes the folder that the person named where it is not there, and brings its name to the disk.
pub(crate) fn make_folder(path: &Path) -> io::Result<()> {
    let missing = path
        .ancestors()
        .take_while(|one| !one.as_os_str().is_empty() && !one.exists());
    let missing: Vec<&Path> = missing.collect();
    std::fs::create_dir_all(path)?;
    for parent in missing.into_iter().filter_map(Path::parent) {
        let parent = if parent.as_os_str().is_empty() {
            Path::new(".")
        } else {
            parent
        };
        // A folder that cannot be read cannot be asked.
        let _ = File::open(parent).and_then(|folder| folder.sync_all());
    }
    Ok(())
}

impl Root {
    /// The folder that the person named: here, and only here, links are followed.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        Ok(Self(openat(CWD, path, FOLDER, Mode::empty())?))
    }

    /// Makes a folder that was not there.
    pub(super) fn make_new(&self, name: &str) -> io::Result<Self> {
        mkdirat(self.0.as_fd(), name, Mode::from_raw_mode(0o777))?;
        self.below(name)
    }

    /// A folder that is there.
    pub(super) fn below(&self, name: &str) -> io::Result<Self> {
        Ok(Self(self.enter(name, false)?))
    }

    /// Whether a name is taken, be it by a link that leads nowhere.
    pub(super) fn has(&self, folder: &str, name: &str) -> bool {
        let folder = self.enter(folder, false);
        folder.is_ok_and(|folder| statat(folder.as_fd(), name, AtFlags::SYMLINK_NOFOLLOW).is_ok())
    }

    /// Removes a folder that is empty.
    pub(super) fn remove_folder(&self, path: &str) -> io::Result<()> {
        let (above, name) = split(path);
        let folder = self.enter(above, false)?;
        Ok(unlinkat(folder.as_fd(), name, AtFlags::REMOVEDIR)?)
    }

    /// Makes a file that was not there, in folders that are made where they are not there.
    pub(super) fn create(&self, folder: &str, name: &str) -> io::Result<File> {
        let folder = self.enter(folder, true)?;
        let flags = OFlags::CREATE | OFlags::EXCL | OFlags::WRONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        Ok(File::from(openat(
            folder.as_fd(),
            name,
            flags,
            Mode::from_raw_mode(0o666),
        )?))
    }

    /// Opens a file that is there, to read and to write.
    pub(crate) fn reopen(&self, folder: &str, name: &str) -> io::Result<File> {
        let folder = self.enter(folder, false)?;
        // Without waiting for a pipe that was planted.
        let flags = OFlags::RDWR | OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::NONBLOCK;
        let file = File::from(openat(folder.as_fd(), name, flags, Mode::empty())?);
        if file.metadata()?.is_file() {
            Ok(file)
        } else {
            Err(io::Error::other("not a file"))
        }
    }

    /// Brings everything that was written to this file system to the disk, where the system can be asked for that.
    pub(crate) fn sync_all(&self) -> io::Result<bool> {
        #[cfg(target_os = "linux")]
        return Ok(rustix::fs::syncfs(&self.0).map(|()| true)?);
        #[cfg(not(target_os = "linux"))]
        Ok(false)
    }

    /// Brings the names in a folder to the disk: a file that is there under a name that is not is lost all the same.
    pub(super) fn sync_names(&self, folder: &str) -> io::Result<()> {
        // The person may have moved it since.
        let Ok(folder) = self.enter(folder, false) else {
            return Ok(());
        };
        match fsync(folder) {
            // Not every file system knows this of folders.
            Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => Ok(()),
            other => Ok(other?),
        }
    }

    /// Gives a file another name, if that is free.
    pub(super) fn rename(&self, folder: &str, from: &str, to: &str) -> io::Result<()> {
        let folder = self.enter(folder, false)?;
        let folder = folder.as_fd();
        // File systems of other programs answer with all sorts of errors to what they do not know. So whatever fails is tried
        // in the next way; only a name that is taken is one.
        match renameat_with(folder, from, folder, to, RenameFlags::NOREPLACE) {
            Ok(()) => return Ok(()),
            Err(Errno::EXIST) => return Err(Errno::EXIST.into()),
            Err(_) => {}
        }
        // A second link to the same file is refused as surely where the name is taken.
        match linkat(folder, from, folder, to, AtFlags::empty()) {
            Ok(()) => Ok(unlinkat(folder, from, AtFlags::empty())?),
            Err(Errno::EXIST) => Err(Errno::EXIST.into()),
            Err(_) => rename_over_own(folder, from, to),
        }
    }

    /// Removes a file.
    pub(super) fn remove(&self, folder: &str, name: &str) -> io::Result<()> {
        let folder = self.enter(folder, false)?;
        Ok(unlinkat(folder.as_fd(), name, AtFlags::empty())?)
    }

    fn enter(&self, path: &str, make: bool) -> io::Result<OwnedFd> {
        let mut here = self.0.try_clone()?;
        for folder in path.split('/').filter(|folder| !folder.is_empty()) {
            if make {
                match mkdirat(here.as_fd(), folder, Mode::from_raw_mode(0o777)) {
                    Ok(()) | Err(Errno::EXIST) => {}
                    Err(error) => return Err(error.into()),
                }
            }
            here = openat(here.as_fd(), folder, FOLDER | OFlags::NOFOLLOW, Mode::empty()).map_err(
                |error| match error {
                    Errno::LOOP | Errno::NOTDIR => {
                        io::Error::other(format!("its folder {folder} is a file or a symbolic link"))
                    }
                    other => other.into(),
                },
            )?;
        }
        Ok(here)
    }
}

/// Takes the name with an empty file, which only one can make, and puts the file in its place.
fn rename_over_own(folder: BorrowedFd<'_>, from: &str, to: &str) -> io::Result<()> {
    let flags = OFlags::CREATE | OFlags::EXCL | OFlags::WRONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    drop(openat(folder, to, flags, Mode::from_raw_mode(0o666))?);
    renameat(folder, from, folder, to).map_err(|error| {
        // It is empty and ours.
        let _ = unlinkat(folder, to, AtFlags::empty());
        error.into()
    })
}

/// Number of a file. Not its device as well: that number may be another one after the machine started again.
pub(crate) fn id_of(file: &File) -> io::Result<u64> {
    use std::os::unix::fs::MetadataExt;
    Ok(file.metadata()?.ino())
}
