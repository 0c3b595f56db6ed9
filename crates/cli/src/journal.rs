//! An unfinished upload on this machine: a file of lines in the state folder, found again by what is sent and where to.
//! Whoever holds it open holds its lock, so two processes never send the same upload.

use std::{
    cell::RefCell,
    fs::{self, File, TryLockError},
    io::{self, BufRead, BufReader, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use sealdrop_crypto::{DeviceKey, Zeroizing, hash_groups};
use sealdrop_transfer::{Journal, TransferError};

use crate::state::{State, open_private, write_private};

/// A server forgets an upload that nobody touched for 72 hours; a journal that is older than this leads nowhere.
const STALE: Duration = Duration::from_secs(7 * 86_400);

/// A journal in the state folder, or none.
pub(crate) struct FileJournal(Option<Open>);

struct Open {
    file: RefCell<File>,
    path: PathBuf,
    key: DeviceKey,
}

/// Why a journal cannot be opened.
#[derive(Debug, thiserror::Error)]
pub(crate) enum JournalFault {
    /// Another process sends the same files to the same server.
    #[error("another sealdrop is sending this at the moment")]
    InUse,
    #[error("the state folder cannot be used: {0}")]
    Io(#[from] io::Error),
}

impl FileJournal {
    /// For a pipe, and where there is no state folder.
    pub(crate) const fn none() -> Self {
        Self(None)
    }

    /// Opens the journal of sending `paths` to `server`, and gives the lines that an earlier run left.
    pub(crate) fn open(state: &State, server: &str, paths: &[PathBuf]) -> Result<(Self, Vec<String>), JournalFault> {
        let folder = state.folder("unfinished")?;
        sweep(&folder);
        let path = folder.join(format!("{}.lines", name_of(server, paths)));
        let mut file = open_private(&path)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(JournalFault::InUse),
            Err(TryLockError::Error(error)) => return Err(error.into()),
        }
        let lines = read_whole_lines(&mut file)?;
        let key = device_key(state)?;
        let file = RefCell::new(file);
        Ok((Self(Some(Open { file, path, key })), lines))
    }

    /// Whether there is anything to go on with.
    pub(crate) fn is_kept(&self) -> bool {
        self.0
            .as_ref()
            .is_some_and(|open| open.path.exists() && open.file.borrow().metadata().is_ok_and(|about| about.len() > 0))
    }

    /// Starts it over.
    pub(crate) fn clear(&self) -> io::Result<()> {
        let Some(open) = &self.0 else { return Ok(()) };
        let mut file = open.file.borrow_mut();
        file.set_len(0)?;
        file.seek(SeekFrom::Start(0))?;
        file.sync_all()
    }
}

impl Journal for FileJournal {
    type Key = DeviceKey;

    fn key(&self) -> Option<&DeviceKey> {
        self.0.as_ref().map(|open| &open.key)
    }

    async fn append(&self, line: &str) -> Result<(), TransferError> {
        let Some(open) = &self.0 else { return Ok(()) };
        let mut file = open.file.borrow_mut();
        let written = file
            .write_all([line, "\n"].concat().as_bytes())
            .and_then(|()| file.sync_data());
        written.map_err(|error| match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => TransferError::DiskFull {
                file: "the state folder".to_owned(),
            },
            _ => TransferError::Device(format!("the state folder cannot be written: {error}")),
        })
    }

    async fn remove(&self) {
        if let Some(open) = &self.0 {
            // What stays is swept later, and leads to objects that the server no longer has.
            let _ = fs::remove_file(&open.path);
        }
    }
}

impl Drop for FileJournal {
    fn drop(&mut self) {
        // An upload that ended before its first line leaves no empty file.
        if let Some(open) = &self.0
            && open.file.borrow().metadata().is_ok_and(|about| about.len() == 0)
        {
            let _ = fs::remove_file(&open.path);
        }
    }
}

/// The same files to the same server have the same name; it tells nobody which.
fn name_of(server: &str, paths: &[PathBuf]) -> String {
    let mut named: Vec<PathBuf> = paths
        .iter()
        .map(|path| path.canonicalize().unwrap_or_else(|_| path.clone()))
        .collect();
    named.sort();
    let mut text = server.as_bytes().to_vec();
    for path in named {
        text.push(0);
        text.extend_from_slice(path.as_os_str().as_encoded_bytes());
    }
    let digest = hash_groups(&text).concat();
    digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

/// Lines that were written whole. A last one that a crash cut off is taken off the file.
fn read_whole_lines(file: &mut File) -> io::Result<Vec<String>> {
    let (mut lines, mut len) = (Vec::new(), 0);
    let mut reader = BufReader::new(&mut *file);
    loop {
        let mut line = Vec::new();
        let read = reader.read_until(b'\n', &mut line)?;
        if line.pop() != Some(b'\n') {
            break;
        }
        let Ok(text) = String::from_utf8(line) else { break };
        lines.push(text);
        len += read as u64;
    }
    drop(reader);
    file.set_len(len)?;
    file.seek(SeekFrom::End(0))?;
    Ok(lines)
}

/// This machine's key, made at first use.
fn device_key(state: &State) -> io::Result<DeviceKey> {
    let path = state.folder("")?.join("device.key");
    if let Ok(text) = fs::read_to_string(&path)
        && let Ok(key) = DeviceKey::from_text(Zeroizing::new(text).trim_end())
    {
        return Ok(key);
    }
    let key = DeviceKey::make().map_err(io::Error::other)?;
    let beside = path.with_extension(format!("{}.part", std::process::id()));
    write_private(&beside, key.to_text().as_bytes())?;
    fs::rename(beside, path)?;
    Ok(key)
}

fn sweep(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let touched = entry.metadata().and_then(|about| about.modified());
        #[expect(clippy::disallowed_methods, reason = "the age of a file is a date")]
        let now = SystemTime::now();
        if touched.is_ok_and(|at| now.duration_since(at).is_ok_and(|age| age > STALE)) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn lines_come_back_and_a_torn_one_does_not() -> Result<(), Box<dyn std::error::Error>> {
        let folder = tempfile::tempdir()?;
        let state = State::at(folder.path().join("state"));
        let paths = [folder.path().join("a file")];
        let (journal, lines) = FileJournal::open(&state, "https://drop.example", &paths)?;
        assert!(lines.is_empty() && !journal.is_kept());
        journal.append("one").await?;
        journal.append("two").await?;
        assert!(matches!(
            FileJournal::open(&state, "https://drop.example", &paths),
            Err(JournalFault::InUse)
        ));
        let key = journal.key().expect("there is one").to_text();
        let path = journal.0.as_ref().expect("it is open").path.clone();
        drop(journal);
        fs::OpenOptions::new().append(true).open(&path)?.write_all(b"thr")?;
        let (journal, lines) = FileJournal::open(&state, "https://drop.example", &paths)?;
        assert_eq!(lines, ["one", "two"]);
        assert_eq!(*journal.key().expect("there is one").to_text(), *key);
        journal.append("three").await?;
        assert_eq!(fs::read_to_string(&path)?, "one\ntwo\nthree\n");
        let (_, lines) = FileJournal::open(&state, "https://another.example", &paths)?;
        assert!(lines.is_empty());
        journal.remove().await;
        assert!(!path.exists());
        Ok(())
    }
}
