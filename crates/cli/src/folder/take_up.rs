//! What earlier runs left in the folder, looked at before anything goes on: the same files, as long as was written down,
//! and, read back, the same bytes.

use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom},
    ops::RangeInclusive,
    path::Path,
    sync::Arc,
};

use sealdrop_transfer::{OpenedLink, Resume, Selection, SinkFile, TransferError};

use super::{Folder, Left, Root, Saved, Unfinished, refused, system::id_of, unfinished::give_name};
use crate::{
    ledger::{Past, Place},
    machine::off_thread,
};

/// Bytes read back at once.
const BLOCK: usize = 1 << 20;

impl Folder {
    /// Compares what is there with what was written down, and says how many bytes are there. `None` if anything differs: then nothing of it is used.
    pub(crate) async fn take_up(
        &mut self,
        link: &OpenedLink,
        past: &Past,
    ) -> Result<Option<(Resume, u64)>, TransferError> {
        let Some(resume) = past.resume() else { return Ok(None) };
        let (mut kept, mut named) = (0, Vec::new());
        let standing = match resume.standing(link, &Selection::All) {
            Ok(standing) => standing,
            Err(TransferError::StartOver) => return Ok(None),
            Err(error) => return Err(error),
        };
        for one in standing {
            kept += one.written;
            let entry = &link.files[one.file];
            let (place, name) = (past.places.get(&one.file), past.names.get(&one.file));
            // Of an empty file nothing was written down.
            let (len, crc) = past.bytes.get(&one.file).copied().unwrap_or_default();
            // It may have got its name and nobody lived to say so.
            let is_named = match place.zip(name) {
                Some((place, name)) if !one.is_finished && len == entry.len => {
                    self.root.reopen(&place.folders, &place.part).is_err() && self.is_whole(place, name, len, crc).await
                }
                _ => false,
            };
            if one.is_finished || is_named {
                let Some((place, name)) = place.zip(name) else {
                    return Ok(None);
                };
                let mut name = name.clone();
                // A power cut may take back a name and leave the bytes.
                if len == entry.len && self.is_whole(place, &place.part, len, crc).await {
                    name = give_name(&self.root, &self.ledger, (one.file, &entry.path), place).await?;
                }
                let saved = Saved::new(&self.path, one.file, &entry.path, &place.folders, &name);
                self.saved.borrow_mut().push(saved);
                if is_named {
                    named.push(one.file);
                }
            } else if one.written > 0 {
                let Some(place) = place else { return Ok(None) };
                if len != one.written || !self.holds(place, &place.part, len..=u64::MAX, crc).await {
                    return Ok(None);
                }
                let place = place.clone();
                self.left.insert(one.file, Left { place, crc });
            } else if let Some(place) = place {
                // Begun, and nothing of it was written down.
                remove(&self.root, place);
            }
        }
        Ok(past.resume_with(&named).map(|resume| (resume, kept)))
    }

    /// Whether the file of this name is the one that was begun, and these bytes are all that it has.
    async fn is_whole(&self, place: &Place, name: &str, len: u64, crc: u32) -> bool {
        self.holds(place, name, len..=len, crc).await
    }

    /// Whether the file of this name is the one that was begun, of such a length, and starts with the shortest's bytes.
    async fn holds(&self, place: &Place, name: &str, lens: RangeInclusive<u64>, crc: u32) -> bool {
        let (root, place, name) = (Arc::clone(&self.root), place.clone(), name.to_owned());
        let read = move || {
            let file = root.reopen(&place.folders, &name).ok();
            let file = file
                .filter(|file| is_same(file, &place) && file.metadata().is_ok_and(|about| lens.contains(&about.len())));
            Ok(file.is_some_and(|file| crc_of(file, *lens.start()).is_ok_and(|found| found == crc)))
        };
        off_thread(read).await.unwrap_or(false)
    }

    /// Removes the unfinished files of earlier runs. Answers how many there were.
    pub(crate) fn clear_left(&mut self, past: &Past) -> usize {
        self.left.clear();
        self.saved.borrow_mut().clear();
        past.places.values().filter(|place| remove(&self.root, place)).count()
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
        let handle = self.root.reopen(&place.folders, &place.part).and_then(at_its_end);
        let handle = handle.map_err(|error| refused(&file.path, &error))?;
        let crc = crc32fast::Hasher::new_with_initial(*crc);
        Ok(Unfinished::new(self, file, place.clone(), (handle, crc)))
    }
}

impl Saved {
    pub(super) fn new(base: &Path, index: usize, wanted: &str, folders: &[String], name: &str) -> Self {
        let mut path = base.to_owned();
        path.extend(folders);
        path.push(name);
        let inside: Vec<&str> = folders.iter().map(String::as_str).chain([name]).collect();
        Self {
            index,
            wanted: wanted.to_owned(),
            path,
            renamed: inside.join("/") != wanted,
            folders: folders.to_vec(),
        }
    }
}

/// Removes an unfinished file, if it is the one that was begun.
fn remove(root: &Root, place: &Place) -> bool {
    let file = root.reopen(&place.folders, &place.part);
    file.is_ok_and(|file| is_same(&file, place)) && root.remove(&place.folders, &place.part).is_ok()
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
