//! Files whose size is not what the system says: those of `/proc` are 0 bytes long and those of `/sys` 4096, whatever is
//! in them, and so are some of file systems that other programs make. What such a file holds is read once, to its end,
//! and kept.

use std::{
    fs::{File, Metadata, OpenOptions},
    io::{self, Read, Seek, SeekFrom},
    path::Path,
};

/// Bytes of one such file at most, and of all of them.
const MOST_OF_ONE: u64 = 16 << 20;
const MOST_OF_ALL: u64 = 64 << 20;

/// A file that was opened and looked at.
pub(super) struct CheckedFile {
    pub(super) about: Metadata,
    /// All of it, if its size lies.
    pub(super) content: Option<Vec<u8>>,
}

/// Opens a file and makes sure that it is as long as the system says, or reads it whole.
pub(super) fn look(path: &Path, in_memory: &mut u64) -> io::Result<CheckedFile> {
    let mut file = open(path)?;
    let mut about = file.metadata()?;
    if !about.is_file() {
        return Err(io::Error::other("it was replaced meanwhile"));
    }
    if ends_at(&mut file, about.len())? {
        return Ok(CheckedFile { about, content: None });
    }
    // One that just grew or shrank has another length by now, and is what it says.
    let now = file.metadata()?;
    if now.len() != about.len() {
        about = now;
        return Ok(CheckedFile { about, content: None });
    }
    file.seek(SeekFrom::Start(0))?;
    let room = MOST_OF_ONE.min(MOST_OF_ALL.saturating_sub(*in_memory));
    let mut content = Vec::new();
    file.take(room + 4096).read_to_end(&mut content)?;
    if content.len() as u64 > room {
        return Err(io::Error::other(format!(
            "the system does not say how long it is; use: sealdrop send - < {}",
            crate::text::shown(path)
        )));
    }
    *in_memory += content.len() as u64;
    Ok(CheckedFile {
        about,
        content: Some(content),
    })
}

/// Whether there is a byte before this length, and none behind it.
fn ends_at(file: &mut File, len: u64) -> io::Result<bool> {
    if len > 0 {
        file.seek(SeekFrom::Start(len - 1))?;
    }
    // Some files are only read in units.
    let mut last = [0; 4096];
    let mut read = 0;
    while read < last.len() {
        match file.read(&mut last[read..])? {
            0 => break,
            more => read += more,
        }
    }
    Ok(read as u64 == len.min(1))
}

/// Opens a file so that a read that would wait for more data fails with `WouldBlock`.
fn open(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        // The type has another width on every system.
        let flags = rustix::fs::OFlags::NONBLOCK.bits();
        options.custom_flags(i32::try_from(flags).unwrap_or_default());
    }
    options.open(path)
}
