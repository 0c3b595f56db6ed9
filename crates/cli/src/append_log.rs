//! A file of lines in the state folder that only grows. An open one is locked, so two processes never
//! work on the same transfer.

use std::{
    fs::{self, File, TryLockError},
    io::{self, BufRead, BufReader, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use sealdrop_crypto::{DeviceKey, Zeroizing, hash_groups};

use crate::{
    rename_new::rename_new,
    state::{State, open_private, write_private},
    terminal::streams::NAP,
};

/// Looks at a key that is about to be there.
const TRIES: u32 = 20;
/// Ending of these files.
const ENDING: &str = "lines";

/// Such a file, open and locked.
#[derive(Debug)]
pub(crate) struct AppendLog {
    file: File,
    path: PathBuf,
}

/// Why one cannot be opened.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AppendLogError {
    /// Another process holds it.
    #[error("another sealdrop process is using it")]
    InUse,
    #[error("the state folder cannot be used: {0}")]
    Io(#[from] io::Error),
}

impl AppendLog {
    /// Opens the file of this name in one of the state's folders, and gives the lines that are in it.
    pub(crate) fn open(state: &State, folder: &str, name: &str) -> Result<(Self, Vec<String>), AppendLogError> {
        let path = state.folder(folder)?.join(format!("{name}.{ENDING}"));
        let mut file = open_private(&path)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(AppendLogError::InUse),
            Err(TryLockError::Error(error)) => return Err(error.into()),
        }
        let lines = read_whole_lines(&mut file)?;
        Ok((Self { file, path }, lines))
    }

    /// Adds a line. It survives the process; the machine only after [`Self::sync`]. One that could be written in part
    /// only is taken off again: the next would end it, and nothing after it could be read.
    pub(crate) fn append(&mut self, line: &str) -> io::Result<()> {
        let before = self.file.stream_position()?;
        self.file.write_all([line, "\n"].concat().as_bytes()).inspect_err(|_| {
            let _ = self.cut(before);
        })
    }

    /// Takes off everything behind the first `count` of these lines, which are those that were read from it.
    pub(crate) fn keep(&mut self, lines: &[String], count: usize) -> io::Result<()> {
        self.cut(lines.iter().take(count).map(|line| line.len() as u64 + 1).sum())
    }

    fn cut(&mut self, len: u64) -> io::Result<()> {
        self.file.set_len(len)?;
        self.file.seek(SeekFrom::Start(len)).map(drop)
    }

    /// Brings all lines to the disk.
    pub(crate) fn sync(&self) -> io::Result<()> {
        self.file.sync_data()
    }

    /// Starts it over.
    pub(crate) fn clear(&mut self) -> io::Result<()> {
        if self.file.metadata()?.len() == 0 {
            return Ok(());
        }
        self.cut(0)?;
        self.file.sync_all()
    }

    /// Whether there is a line in it.
    pub(crate) fn is_kept(&self) -> bool {
        self.path.exists() && self.file.metadata().is_ok_and(|about| about.len() > 0)
    }

    /// What stays is swept later, and leads nowhere.
    pub(crate) fn remove(&self) {
        let _ = fs::remove_file(&self.path);
    }

    #[cfg(test)]
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for AppendLog {
    fn drop(&mut self) {
        // A transfer that ended before its first line leaves no empty file.
        if self.file.metadata().is_ok_and(|about| about.len() == 0) {
            self.remove();
        }
    }
}

/// A file name derived from words: the same for the same ones, and does not reveal them.
pub(crate) fn name_of(words: &[&[u8]]) -> String {
    let digest = hash_groups(&words.join(&0)).concat();
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

/// Removes unlocked files of a folder that are stale: untouched for `stale`, or ended by their first line.
pub(crate) fn sweep(state: &State, folder: &str, stale: Duration, has_ended: impl Fn(&str, SystemTime) -> bool) {
    let entries = state.folder(folder).and_then(fs::read_dir);
    #[expect(clippy::disallowed_methods, reason = "the age of a file is a date")]
    let now = SystemTime::now();
    for path in entries.into_iter().flatten().flatten().map(|entry| entry.path()) {
        if path.extension().is_none_or(|ending| ending != ENDING) {
            continue;
        }
        let Ok(file) = File::open(&path) else { continue };
        let touched = file.metadata().and_then(|about| about.modified());
        let is_stale = touched.is_ok_and(|at| now.duration_since(at).is_ok_and(|age| age > stale));
        let first = BufReader::new(&file).lines().next();
        let ended = first.and_then(Result::ok).is_some_and(|line| has_ended(&line, now));
        // Locked only then: a process that starts meanwhile must not find a file in use that is not.
        if (is_stale || ended) && file.try_lock().is_ok() {
            let _ = fs::remove_file(&path);
        }
    }
}

/// This machine's key, made at first use. Of two first runs at the same time one makes it, and the other takes it.
pub(crate) fn device_key(state: &State) -> io::Result<DeviceKey> {
    let path = state.folder("")?.join("device.key");
    match read_key(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        read => return read,
    }
    publish(&path, DeviceKey::make().map_err(io::Error::other)?)
}

/// Puts a key where there is none, or gives the one that came first.
fn publish(path: &Path, key: DeviceKey) -> io::Result<DeviceKey> {
    let beside = path.with_extension(format!("{}.part", std::process::id()));
    write_private(&beside, key.to_text().as_bytes())?;
    match rename_new(&beside, path) {
        Ok(()) => Ok(key),
        Err(error) => {
            let _ = fs::remove_file(beside);
            if error.kind() == io::ErrorKind::AlreadyExists {
                read_key(path)
            } else {
                Err(error)
            }
        }
    }
}

/// What is there and is no key is never replaced: what it sealed may still be wanted.
fn read_key(path: &Path) -> io::Result<DeviceKey> {
    for _ in 0..TRIES {
        let text = Zeroizing::new(fs::read_to_string(path)?);
        if let Ok(key) = DeviceKey::from_text(text.trim_end()) {
            return Ok(key);
        }
        // Where links are unknown, its name is taken a moment before it is there.
        if !text.is_empty() {
            break;
        }
        std::thread::sleep(NAP);
    }
    Err(io::Error::new(
        io::ErrorKind::InvalidData,
        "device.key in it is damaged: delete that file, and transfers that were begun with it start over",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn n16_of_two_first_runs_one_makes_the_key() -> io::Result<()> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("device.key");
        // Both looked before either had made one.
        let make = || DeviceKey::make().map_err(io::Error::other);
        let (first, second) = (make()?, make()?);
        let first = publish(&path, first)?.to_text();
        assert_eq!(publish(&path, second)?.to_text(), first, "the one that came first");
        assert_eq!(fs::read_dir(folder.path())?.count(), 1, "and nothing beside it");
        assert_eq!(device_key(&State::at(folder.path().to_owned()))?.to_text(), first);
        Ok(())
    }

    #[test]
    fn n16_a_key_that_is_damaged_is_not_replaced() -> io::Result<()> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("device.key");
        for damaged in ["half a key", ""] {
            fs::write(&path, damaged)?;
            let error = device_key(&State::at(folder.path().to_owned())).expect_err("it is no key");
            assert!(error.to_string().contains("delete that file"), "{error}");
            assert_eq!(fs::read_to_string(&path)?, damaged);
        }
        Ok(())
    }
}
