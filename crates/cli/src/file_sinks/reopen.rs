//! What earlier runs left in the folder, looked at before anything goes on: the same files, as long as was written down,
//! and, read back, the same bytes.

use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom},
    ops::RangeInclusive,
    sync::Arc,
};

use sealdrop_transfer::{OpenedLink, Resume, Selection, SinkFile, TransferError};

use super::{
    Folder, Left,
    names::{Names, final_name, part_name, split},
    root::id_of,
    save_error::refused,
    saved::Saved,
    unfinished::{Unfinished, give_name},
};
use crate::{
    download_journal::replay::{Place, UnfinishedDownload},
    off_thread::off_thread,
};

/// Bytes read back at a time.
const BLOCK: usize = 1 << 20;

impl Folder {
    /// Compares what is there with what was written down, and says how many bytes are there. `None` if anything differs: then
    /// nothing of it is used.
    pub(crate) async fn reopen_all(
        &mut self,
        link: &OpenedLink,
        unfinished: &UnfinishedDownload,
    ) -> Result<Option<(Resume, u64)>, TransferError> {
        let Some(resume) = unfinished.resume() else {
            return Ok(None);
        };
        let standing = match resume.standing(link, &Selection::All) {
            Ok(standing) => standing,
            Err(TransferError::StartOver) => return Ok(None),
            Err(error) => return Err(error),
        };
        if !self.find(unfinished) {
            return Ok(None);
        }
        let (mut kept, mut named) = (0, Vec::new());
        for one in standing {
            kept += one.written;
            let len = link.files[one.file].len;
            let (place, name) = (unfinished.places.get(&one.file), unfinished.named.get(&one.file));
            // Of an empty file nothing was written down.
            let (written, crc) = unfinished.bytes.get(&one.file).copied().unwrap_or_default();
            let whole = (written == len).then_some((len, crc));
            // It may have got its name before a crash kept that from being written down.
            let is_named = match (place, name, whole) {
                (Some(place), Some(nth), Some(bytes)) if !one.is_finished => {
                    self.reopen(one.file, At::Part(place.nth)).is_err()
                        && self.is_whole(one.file, place, At::Name(*nth), bytes).await
                }
                _ => false,
            };
            if one.is_finished || is_named {
                let Some((place, mut nth)) = place.zip(name.copied()) else {
                    return Ok(None);
                };
                // A power cut may take back a name and leave the bytes.
                if let Some(bytes) = whole
                    && self.is_whole(one.file, place, At::Part(place.nth), bytes).await
                {
                    let file = (one.file, self.names.path(one.file));
                    nth = give_name(self.base()?, &self.journal, file, place)?;
                }
                self.saved.borrow_mut().push(Saved { index: one.file, nth });
                if is_named {
                    named.push(one.file);
                }
            } else if one.written > 0 {
                let Some(place) = place else { return Ok(None) };
                let lens = written..=u64::MAX;
                if written != one.written || !self.holds(one.file, place, At::Part(place.nth), lens, crc).await {
                    return Ok(None);
                }
                let place = place.clone();
                self.left.insert(one.file, Left { place, crc });
            } else if let Some(place) = place {
                // Begun, and nothing of it was written down.
                self.remove(one.file, place);
            }
        }
        Ok(unfinished.resume_with(&named).map(|resume| (resume, kept)))
    }

    /// Goes back to where an earlier run saved, and to what it called the files.
    fn find(&mut self, unfinished: &UnfinishedDownload) -> bool {
        let Some(names) = self.names.with_paths(&unfinished.paths) else {
            return false;
        };
        let root = match (&names.folder, &unfinished.folder) {
            (None, None) => Ok(Arc::clone(&self.parent)),
            (Some(_), Some(folder)) => self.parent.below(folder).map(Arc::new),
            _ => return false,
        };
        let Ok(root) = root else { return false };
        self.names = Arc::new(names);
        self.begin_in(root, unfinished.folder.clone());
        true
    }

    fn reopen(&self, file: usize, at: At) -> io::Result<File> {
        let base = self.base.as_ref().ok_or(io::ErrorKind::NotFound)?;
        let (folders, name) = split(self.names.path(file));
        base.root.reopen(folders, &at.of(name))
    }

    /// Whether the file there is the one that was begun, and these bytes (length, CRC-32) are all that it has.
    async fn is_whole(&self, file: usize, place: &Place, at: At, (len, crc): (u64, u32)) -> bool {
        self.holds(file, place, at, len..=len, crc).await
    }

    /// Whether the file there is the one that was begun, of such a length, and starts with the shortest's bytes.
    async fn holds(&self, file: usize, place: &Place, at: At, lens: RangeInclusive<u64>, crc: u32) -> bool {
        let opened = self.reopen(file, at).ok();
        let opened = opened
            .filter(|file| is_same(file, place) && file.metadata().is_ok_and(|about| lens.contains(&about.len())));
        let Some(opened) = opened else { return false };
        let read = move || Ok(crc_of(opened, *lens.start()).is_ok_and(|found| found == crc));
        off_thread(read).await.unwrap_or(false)
    }

    /// Removes an unfinished file, if it is the one that was begun.
    fn remove(&self, file: usize, place: &Place) -> bool {
        let at = At::Part(place.nth);
        let (folders, name) = split(self.names.path(file));
        let is_same = self.reopen(file, at).is_ok_and(|file| is_same(&file, place));
        is_same && self.base().is_ok_and(|root| root.remove(folders, &at.of(name)).is_ok())
    }

    /// Removes the unfinished files of earlier runs. Answers how many there were.
    pub(crate) fn clear_left(&mut self, unfinished: &UnfinishedDownload) -> usize {
        self.left.clear();
        self.saved.borrow_mut().clear();
        let names = Arc::clone(&self.names);
        self.names = Arc::new(Names::left(unfinished.folder.clone(), unfinished.paths.clone()));
        let found = match &unfinished.folder {
            None => Ok(Arc::clone(&self.parent)),
            Some(folder) => self.parent.below(folder).map(Arc::new),
        };
        let mut removed = 0;
        if let Ok(root) = found {
            self.begin_in(root, unfinished.folder.clone());
            removed = unfinished
                .places
                .iter()
                .filter(|(file, place)| self.remove(**file, place))
                .count();
            self.remove_empty();
        }
        self.base = None;
        self.names = names;
        removed
    }

    /// Opens a file of an earlier run behind what was written down.
    pub(super) fn go_on(&self, file: &SinkFile) -> Result<Unfinished, TransferError> {
        let left = self.left.get(&file.index);
        let Left { place, crc } = left.ok_or_else(|| refused(&file.path, &io::ErrorKind::NotFound.into()))?;
        let at_its_end = |handle: File| {
            handle.set_len(file.offset)?;
            (&handle).seek(SeekFrom::Start(file.offset))?;
            Ok(handle)
        };
        let handle = self.reopen(file.index, At::Part(place.nth)).and_then(at_its_end);
        let handle = handle.map_err(|error| refused(&file.path, &error))?;
        let crc = crc32fast::Hasher::new_with_initial(*crc);
        Ok(Unfinished::new(self.shared()?, file, place.clone(), (handle, crc)))
    }
}

/// Under which of its names a file is looked for.
#[derive(Clone, Copy)]
enum At {
    Part(u32),
    Name(u32),
}

impl At {
    fn of(self, name: &str) -> String {
        match self {
            Self::Part(nth) => part_name(name, nth),
            Self::Name(nth) => final_name(name, nth),
        }
    }
}

fn is_same(file: &File, place: &Place) -> bool {
    id_of(file).is_ok_and(|number| number == place.number)
}

/// CRC-32 of a file's first bytes.
fn crc_of(mut file: File, len: u64) -> io::Result<u32> {
    let (mut crc, mut left) = (crc32fast::Hasher::new(), len);
    let mut block = vec![0; BLOCK];
    while left > 0 {
        let most = usize::try_from(left).map_or(BLOCK, |left| left.min(BLOCK));
        let read = file.read(&mut block[..most])?;
        if read == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        crc.update(&block[..read]);
        left -= read as u64;
    }
    Ok(crc.finalize())
}
