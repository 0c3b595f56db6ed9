//! An unfinished upload on this machine: a file of lines in the state folder, found again by what is sent and where to.

use std::{
    cell::{Cell, RefCell},
    io,
    path::PathBuf,
    time::Duration,
};

use sealdrop_crypto::DeviceKey;
use sealdrop_transfer::{DeviceFault, Journal, TransferError};

use crate::{
    append_log::{AppendLog, AppendLogError, device_key, name_of, sweep},
    state::State,
};

/// Where they are.
const FOLDER: &str = "unfinished";
/// A server forgets an upload that is untouched for 72 hours; an older journal is of no use.
const STALE: Duration = Duration::from_secs(7 * 86_400);

/// A journal in the state folder, or none.
pub(crate) struct FileJournal(Option<Open>);

struct Open {
    lines: RefCell<AppendLog>,
    key: DeviceKey,
    /// Whether it stays although the upload is over, until the link was written.
    is_held: Cell<bool>,
    is_over: Cell<bool>,
}

impl FileJournal {
    /// For a pipe, and where there is no state folder.
    pub(crate) const fn none() -> Self {
        Self(None)
    }

    /// Opens the journal of sending `paths` to `server`, and gives the lines that an earlier run left.
    pub(crate) fn open(state: &State, server: &str, paths: &[PathBuf]) -> Result<(Self, Vec<String>), AppendLogError> {
        let (lines, left) = AppendLog::open(state, FOLDER, &name_of_files(server, paths))?;
        sweep(state, FOLDER, STALE, |_, _| false);
        let open = Open {
            lines: RefCell::new(lines),
            key: device_key(state)?,
            is_held: Cell::new(false),
            is_over: Cell::new(false),
        };
        Ok((Self(Some(open)), left))
    }

    /// Whether there is anything to go on with.
    pub(crate) fn is_kept(&self) -> bool {
        self.0.as_ref().is_some_and(|open| open.lines.borrow().is_kept())
    }

    /// From now on its removal waits for [`Self::let_go`]: until then another run is given the same link.
    pub(crate) fn hold(&self) {
        if let Some(open) = &self.0 {
            open.is_held.set(true);
        }
    }

    /// Nothing waits any more: if it was to be removed, it is.
    pub(crate) fn let_go(&self) {
        if let Some(open) = &self.0 {
            open.is_held.set(false);
            if open.is_over.get() {
                open.lines.borrow().remove();
            }
        }
    }

    /// Starts it over.
    pub(crate) fn clear(&self) -> io::Result<()> {
        self.0.as_ref().map_or(Ok(()), |open| open.lines.borrow_mut().clear())
    }
}

impl Journal for FileJournal {
    type Key = DeviceKey;

    fn key(&self) -> Option<&DeviceKey> {
        self.0.as_ref().map(|open| &open.key)
    }

    async fn append(&self, line: &str) -> Result<(), TransferError> {
        self.append_all(&[line.to_owned()]).await
    }

    async fn append_all(&self, lines: &[String]) -> Result<(), TransferError> {
        let Some(open) = &self.0 else { return Ok(()) };
        let mut file = open.lines.borrow_mut();
        let written = lines
            .iter()
            .try_for_each(|line| file.append(line))
            .and_then(|()| file.sync());
        written.map_err(|error| match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => TransferError::DiskFull {
                file: "the state folder".to_owned(),
            },
            _ => TransferError::device(DeviceFault::Journal, error.to_string()),
        })
    }

    async fn remove(&self) {
        if let Some(open) = &self.0 {
            open.is_over.set(true);
            if !open.is_held.get() {
                open.lines.borrow().remove();
            }
        }
    }
}

/// The same files to the same server have the same name.
fn name_of_files(server: &str, paths: &[PathBuf]) -> String {
    let mut named: Vec<PathBuf> = paths
        .iter()
        .map(|path| path.canonicalize().unwrap_or_else(|_| path.clone()))
        .collect();
    named.sort();
    let paths = named.iter().map(|path| path.as_os_str().as_encoded_bytes());
    name_of(&std::iter::once(server.as_bytes()).chain(paths).collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use std::{fs, io::Write};

    use super::*;

    #[tokio::test]
    async fn lines_come_back_and_a_torn_one_does_not() -> Result<(), Box<dyn std::error::Error>> {
        let folder = tempfile::tempdir()?;
        let state = State::at(folder.path().join("state"));
        let paths = [folder.path().join("a file")];
        let (journal, lines) = FileJournal::open(&state, "https://drop.example", &paths)?;
        assert!(lines.is_empty() && !journal.is_kept());
        journal.append_all(&["one".to_owned(), "two".to_owned()]).await?;
        assert!(matches!(
            FileJournal::open(&state, "https://drop.example", &paths),
            Err(AppendLogError::InUse)
        ));
        let key = journal.key().expect("there is one").to_text();
        let path = journal.0.as_ref().expect("it is open").lines.borrow().path().to_owned();
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
