//! Bringing written bytes to the disk before anything is said about them.

use std::{collections::BTreeMap, fs::File, sync::Arc};

use sealdrop_transfer::TransferError;

use crate::file_sinks::{
    names::{Names, part_name, split},
    root::Root,
    save_error::refused,
};

/// How far one file is.
#[derive(Debug, Clone)]
pub(crate) struct WrittenBytes {
    /// What the files are called.
    pub(crate) names: Arc<Names>,
    /// Its bytes so far.
    pub(crate) len: u64,
    /// CRC-32 of them: against accidents and other programs, not against attackers, who could as well alter the file
    /// after it was finished.
    pub(crate) crc: u32,
    /// Where its bytes can be brought to the disk.
    pub(crate) sync_by: SyncBy,
}

/// How the bytes of a file come to the disk.
#[derive(Debug, Clone)]
pub(crate) enum SyncBy {
    /// By its handle.
    Handle(Arc<File>),
    /// They are there already.
    Done,
    /// It is full and closed: by its name, of which this is the twin.
    Name(u32),
}

/// Brings all of it to the disk.
pub(super) fn sync(files: &BTreeMap<usize, WrittenBytes>, root: Option<&Root>) -> Result<(), TransferError> {
    let mut closed = Vec::new();
    for (file, wrote) in files {
        let path = wrote.names.path(*file);
        match &wrote.sync_by {
            SyncBy::Handle(handle) => handle.sync_data().map_err(|error| refused(path, &error))?,
            SyncBy::Done => {}
            SyncBy::Name(nth) => closed.push((path, *nth)),
        }
    }
    let Some(root) = root else { return Ok(()) };
    // Thousands of small files are one request where the system can do it.
    if closed.is_empty() || root.sync_all().unwrap_or(false) {
        return Ok(());
    }
    for (path, nth) in closed {
        let (folders, name) = split(path);
        let synced = root
            .reopen(folders, &part_name(name, nth))
            .and_then(|file| file.sync_data());
        synced.map_err(|error| refused(path, &error))?;
    }
    Ok(())
}
