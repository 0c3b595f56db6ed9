//! GetObject: one run over the part files, a bounded piece at a time.

use std::{
    fs::File,
    io::{self, Read as _, Seek as _, SeekFrom},
    ops::Range,
    sync::Arc,
};

use crate::store::catalog::StoredObject;

/// Bytes of one piece.
const PIECE: u64 = 128 << 10;

/// Reads a range of an object. It keeps the files alive: an object deleted or replaced meanwhile is read to its end.
#[derive(Debug)]
pub(crate) struct ObjectReader {
    object: Arc<StoredObject>,
    next_part: usize,
    open: Option<File>,
    /// Bytes that the open part still has to give.
    left_in_part: u64,
    left: u64,
}

impl ObjectReader {
    /// Opens the first file, so that a missing one is known before an answer begins.
    pub(crate) fn open(object: Arc<StoredObject>, range: Range<u64>) -> io::Result<Self> {
        let (mut next_part, mut skip) = (0, range.start);
        while let Some(part) = object.parts.get(next_part).filter(|part| part.len <= skip) {
            skip -= part.len;
            next_part += 1;
        }
        let mut reader = Self {
            object,
            next_part,
            open: None,
            left_in_part: 0,
            left: range.end.saturating_sub(range.start),
        };
        if reader.left > 0 {
            reader.open_next(skip)?;
        }
        Ok(reader)
    }

    /// The next piece, never empty; `None` at the end of the range.
    pub(crate) fn next_piece(&mut self) -> io::Result<Option<Vec<u8>>> {
        if self.left == 0 {
            return Ok(None);
        }
        while self.left_in_part == 0 {
            self.open_next(0)?;
        }
        let want = PIECE.min(self.left_in_part).min(self.left);
        let mut piece = Vec::with_capacity(usize::try_from(want).map_err(io::Error::other)?);
        let file = self.open.as_mut().ok_or_else(|| io::Error::other("no part is open"))?;
        let got = u64::try_from(file.take(want).read_to_end(&mut piece)?).map_err(io::Error::other)?;
        if got != want {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.left_in_part -= got;
        self.left -= got;
        Ok(Some(piece))
    }

    fn open_next(&mut self, skip: u64) -> io::Result<()> {
        let part = self
            .object
            .parts
            .get(self.next_part)
            .ok_or(io::ErrorKind::UnexpectedEof)?;
        let mut file = File::open(self.object.data.path.join(part.file_name()))?;
        if file.metadata()?.len() != part.len {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "a part file has another length than its name says",
            ));
        }
        file.seek(SeekFrom::Start(skip))?;
        self.open = Some(file);
        self.left_in_part = part.len - skip;
        self.next_part += 1;
        Ok(())
    }
}

impl Drop for ObjectReader {
    fn drop(&mut self) {
        // The last reader of a deleted object deletes its files; an async thread must not do that itself.
        if self.object.data.is_doomed()
            && let Ok(runtime) = tokio::runtime::Handle::try_current()
        {
            let object = Arc::clone(&self.object);
            runtime.spawn_blocking(move || drop(object));
        }
    }
}
