//! Files to send: found by walking what was named, read at any offset, and watched for changes.

use std::{
    fs::{self, File, Metadata},
    io::{self, Read, Seek, SeekFrom},
    path::{Path, PathBuf},
    sync::Arc,
    time::{SystemTime, UNIX_EPOCH},
};

use sealdrop_transfer::{SendFile, SourceExtent, TransferError};

/// A handle on a file to send, with what it was when it was found.
#[derive(Debug, Clone)]
pub(crate) struct SourceFile(Arc<Found>);

#[derive(Debug)]
struct Found {
    path: PathBuf,
    len: u64,
    changed: Option<SystemTime>,
}

/// What walking found.
#[derive(Debug, Default)]
pub(crate) struct Walked {
    pub(crate) files: Vec<SendFile<SourceFile>>,
    /// What was left out, and why.
    pub(crate) left_out: Vec<String>,
    /// What cannot be read, and why.
    pub(crate) unreadable: Vec<(String, String)>,
}

impl Walked {
    fn cannot(&mut self, path: &Path, error: &io::Error) {
        self.unreadable.push((path.display().to_string(), reason(error)));
    }

    /// Keeps a file that can be opened.
    fn keep(&mut self, path: &Path, name: String, about: &Metadata) {
        match File::open(path) {
            Ok(_) => self.files.push(found(path, name, about)),
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
            walked.keep(path, name, &about);
        } else {
            return Err(TransferError::SourceUnreadable {
                file: path.display().to_string(),
                why: "not a file or folder (use - to send a pipe)".to_owned(),
            });
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
    Ok(name.to_string_lossy().into_owned())
}

fn walk_folder(folder: &Path, above: &str, walked: &mut Walked) {
    let mut entries = match fs::read_dir(folder).and_then(Iterator::collect::<io::Result<Vec<_>>>) {
        Ok(entries) => entries,
        Err(error) => return walked.cannot(folder, &error),
    };
    if entries.is_empty() {
        walked.left_out.push(format!("{} (an empty folder)", folder.display()));
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
        let inside = format!("{above}/{}", entry.file_name().to_string_lossy());
        if about.is_dir() {
            walk_folder(&path, &inside, walked);
        } else if about.is_file() {
            walked.keep(&path, inside, &about);
        } else {
            let why = if about.is_symlink() {
                "a symbolic link"
            } else {
                "not a file or folder"
            };
            walked.left_out.push(format!("{} ({why})", path.display()));
        }
    }
}

fn found(path: &Path, name: String, about: &Metadata) -> SendFile<SourceFile> {
    let changed = about.modified().ok();
    let modified_ms = changed
        .and_then(|at| at.duration_since(UNIX_EPOCH).ok())
        .and_then(|since| u64::try_from(since.as_millis()).ok());
    SendFile {
        path: name,
        len: about.len(),
        modified_ms,
        mime: None,
        handle: SourceFile(Arc::new(Found {
            path: path.to_owned(),
            len: about.len(),
            changed,
        })),
    }
}

/// Reads the content of a part, and makes sure that no file changed since it was found.
pub(crate) fn read_extents(extents: &[SourceExtent<SourceFile>], content: &mut Vec<u8>) -> Result<(), TransferError> {
    let total: u64 = extents.iter().map(|extent| extent.len).sum();
    content.reserve(usize::try_from(total).unwrap_or(0));
    for extent in extents {
        let found = &extent.file.0;
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

fn check(found: &Found, file: &File) -> Result<(), TransferError> {
    let about = file.metadata().map_err(|error| unreadable(&found.path, &error))?;
    let same = about.is_file() && about.len() == found.len && about.modified().ok() == found.changed;
    if same { Ok(()) } else { Err(changed(found)) }
}

fn changed(found: &Found) -> TransferError {
    TransferError::SourceChanged {
        file: found.path.display().to_string(),
    }
}

fn unreadable(path: &Path, error: &io::Error) -> TransferError {
    TransferError::SourceUnreadable {
        file: path.display().to_string(),
        why: reason(error),
    }
}

fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "no such file".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        _ => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_walked_and_links_left_out() -> io::Result<()> {
        let folder = tempfile::tempdir()?;
        let top = folder.path().join("top");
        fs::create_dir_all(top.join("inner"))?;
        fs::write(top.join("b.txt"), "bb")?;
        fs::write(top.join("inner/a.txt"), "a")?;
        #[cfg(unix)]
        std::os::unix::fs::symlink("/etc", top.join("elsewhere"))?;
        let walked = walk(std::slice::from_ref(&top)).expect("all of it can be read");
        let paths: Vec<&str> = walked.files.iter().map(|file| file.path.as_str()).collect();
        assert_eq!(paths, ["top/b.txt", "top/inner/a.txt"]);
        #[cfg(unix)]
        assert!(
            walked.left_out[0].contains("elsewhere (a symbolic link)"),
            "{:?}",
            walked.left_out
        );
        Ok(())
    }

    #[test]
    fn a_file_that_changed_is_noticed() -> io::Result<()> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("a");
        fs::write(&path, "before")?;
        let walked = walk(std::slice::from_ref(&path)).expect("it can be read");
        let extent = SourceExtent {
            file: walked.files[0].handle.clone(),
            offset: 2,
            len: 3,
        };
        let mut content = Vec::new();
        read_extents(std::slice::from_ref(&extent), &mut content).expect("unchanged");
        assert_eq!(content, b"for");
        fs::write(&path, "behind it")?;
        let error = read_extents(&[extent], &mut content).expect_err("its length is another");
        assert!(matches!(error, TransferError::SourceChanged { .. }));
        Ok(())
    }

    #[test]
    fn what_is_missing_is_said_and_the_rest_is_found() -> io::Result<()> {
        let folder = tempfile::tempdir()?;
        let there = folder.path().join("there");
        fs::write(&there, "x")?;
        fs::create_dir(folder.path().join("empty"))?;
        let walked = walk(&[PathBuf::from("/nowhere/at/all"), there, folder.path().join("empty")]);
        let walked = walked.expect("what cannot be read is listed");
        let missing = ("/nowhere/at/all".to_owned(), "no such file".to_owned());
        assert_eq!(walked.unreadable, [missing]);
        assert_eq!(walked.files.len(), 1);
        assert!(
            walked.left_out[0].ends_with("(an empty folder)"),
            "{:?}",
            walked.left_out
        );
        Ok(())
    }
}
