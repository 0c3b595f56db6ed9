//! Files to send: found by walking what was named, read at any offset, and watched for changes.

mod misreported_size;
#[cfg(test)]
mod tests;

use std::{
    fs::{self, File, FileType},
    io::{self, Read, Seek, SeekFrom},
    path::{Path, PathBuf},
    sync::Arc,
    time::{SystemTime, UNIX_EPOCH},
};

use sealdrop_transfer::{SendFile, SourceExtent, TransferError};

use self::misreported_size::CheckedFile;
use crate::text::shown;

/// A handle on a file to send, with what it was when it was found.
#[derive(Debug, Clone)]
pub(crate) struct SourceFile(Arc<Found>);

#[derive(Debug)]
struct Found {
    path: PathBuf,
    len: u64,
    changed: Option<SystemTime>,
    /// All of it, where the system does not know how long it is.
    content: Option<Vec<u8>>,
}

/// What walking found.
#[derive(Debug, Default)]
pub(crate) struct Walked {
    pub(crate) files: Vec<SendFile<SourceFile>>,
    /// What was left out, and why.
    pub(crate) left_out: Vec<String>,
    /// What cannot be read, and why.
    pub(crate) unreadable: Vec<(String, String)>,
    /// Bytes of the files that are kept in memory.
    in_memory: u64,
}

impl Walked {
    fn cannot(&mut self, path: &Path, error: &io::Error) {
        self.unreadable.push((shown(path), reason(error)));
    }

    /// Keeps a file that can be read.
    fn keep(&mut self, path: &Path, name: String) {
        match misreported_size::look(path, &mut self.in_memory) {
            Ok(checked) => self.files.push(found(path, name, checked)),
            Err(error) => self.cannot(path, &error),
        }
    }
}

/// Finds the files below what was named. A symbolic link that was named itself is followed; those below a folder are
/// left out.
pub(crate) fn walk(named: &[PathBuf]) -> Result<Walked, TransferError> {
    let mut walked = Walked::default();
    for path in named {
        let about = match fs::metadata(path) {
            Ok(about) => about,
            Err(error) => {
                walked.cannot(path, &error);
                continue;
            }
        };
        let name = name_of(path)?;
        if about.is_dir() {
            walk_folder(path, &name, &mut walked);
        } else if about.is_file() {
            walked.keep(path, name);
        } else {
            let (kind, can_be_read) = kind_of(about.file_type());
            let how = if can_be_read {
                format!("; use: sealdrop send - < {}", shown(path))
            } else {
                String::new()
            };
            walked.unreadable.push((shown(path), format!("{kind}{how}")));
        }
    }
    Ok(walked)
}

/// The last component of a path; of `.` and `..`, the name of the folder that they mean.
fn name_of(path: &Path) -> Result<String, TransferError> {
    let name = match path.file_name() {
        Some(name) => name.to_owned(),
        None => {
            let real = path.canonicalize().map_err(|error| unreadable(path, &error))?;
            real.file_name().unwrap_or_default().to_owned()
        }
    };
    Ok(shown(name))
}

/// What is neither a file nor a folder, and whether it can be read as a stream.
fn kind_of(kind: FileType) -> (&'static str, bool) {
    if kind.is_symlink() {
        return ("a symbolic link", false);
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt;
        if kind.is_fifo() {
            return ("a pipe", true);
        }
        if kind.is_socket() {
            return ("a socket", false);
        }
        if kind.is_char_device() || kind.is_block_device() {
            return ("a device", true);
        }
    }
    ("not a file or folder", false)
}

fn walk_folder(folder: &Path, above: &str, walked: &mut Walked) {
    let mut entries = match fs::read_dir(folder).and_then(Iterator::collect::<io::Result<Vec<_>>>) {
        Ok(entries) => entries,
        Err(error) => return walked.cannot(folder, &error),
    };
    if entries.is_empty() {
        walked.left_out.push(format!("{} (an empty folder)", shown(folder)));
    }
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let path = entry.path();
        // Not followed: the entry itself is looked at, before and instead of what it points to.
        let about = match fs::symlink_metadata(&path) {
            Ok(about) => about,
            Err(error) => {
                walked.cannot(&path, &error);
                continue;
            }
        };
        // What is not UTF-8 is written out: a backslash never travels, so every such name is changed and reported, and stays
        // distinct.
        let inside = format!("{above}/{}", shown(entry.file_name()));
        if about.is_dir() {
            walk_folder(&path, &inside, walked);
        } else if about.is_file() {
            walked.keep(&path, inside);
        } else {
            let (why, _) = kind_of(about.file_type());
            walked.left_out.push(format!("{} ({why})", shown(&path)));
        }
    }
}

fn found(path: &Path, name: String, checked: CheckedFile) -> SendFile<SourceFile> {
    let changed = checked.about.modified().ok();
    let modified_ms = changed
        .and_then(|at| at.duration_since(UNIX_EPOCH).ok())
        .and_then(|since| u64::try_from(since.as_millis()).ok());
    let len = checked
        .content
        .as_ref()
        .map_or(checked.about.len(), |content| content.len() as u64);
    SendFile {
        path: name,
        len,
        // The time of what is made when it is read is that of the look, and another one every time.
        modified_ms: modified_ms.filter(|_| checked.content.is_none()),
        mime: None,
        handle: SourceFile(Arc::new(Found {
            path: path.to_owned(),
            len,
            changed,
            content: checked.content,
        })),
    }
}

/// Reads the content of a part, and makes sure that no file changed since it was found.
pub(crate) fn read_extents(extents: &[SourceExtent<SourceFile>], content: &mut Vec<u8>) -> Result<(), TransferError> {
    let total: u64 = extents.iter().map(|extent| extent.len).sum();
    content.reserve(usize::try_from(total).unwrap_or(0));
    for extent in extents {
        let found = &extent.file.0;
        if let Some(kept) = &found.content {
            content.extend_from_slice(within(kept, extent).ok_or_else(|| changed(found))?);
            continue;
        }
        let failed = |error: io::Error| unreadable(&found.path, &error);
        let mut file = File::open(&found.path).map_err(failed)?;
        check(found, &file)?;
        file.seek(SeekFrom::Start(extent.offset)).map_err(failed)?;
        let read = Read::by_ref(&mut file)
            .take(extent.len)
            .read_to_end(content)
            .map_err(failed)?;
        check(found, &file)?;
        if read as u64 != extent.len {
            return Err(changed(found));
        }
    }
    Ok(())
}

fn within<'a>(kept: &'a [u8], extent: &SourceExtent<SourceFile>) -> Option<&'a [u8]> {
    let start = usize::try_from(extent.offset).ok()?;
    kept.get(start..start.checked_add(usize::try_from(extent.len).ok()?)?)
}

fn check(found: &Found, file: &File) -> Result<(), TransferError> {
    let about = file.metadata().map_err(|error| unreadable(&found.path, &error))?;
    let same = about.is_file() && about.len() == found.len && about.modified().ok() == found.changed;
    if same { Ok(()) } else { Err(changed(found)) }
}

fn changed(found: &Found) -> TransferError {
    TransferError::SourceChanged {
        file: shown(&found.path),
    }
}

fn unreadable(path: &Path, error: &io::Error) -> TransferError {
    TransferError::SourceUnreadable {
        file: shown(path),
        why: reason(error),
    }
}

fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "no such file".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        io::ErrorKind::WouldBlock => "it waits for what is still to come".to_owned(),
        _ => error.to_string(),
    }
}
