//! Seals content whose length is unknown until it ends, in parts of 10 MiB (format, section 2).
//!
//! Header and prologue name the length and stand first, and the last record says that it is the last: so part 1 and
//! the newest full part are held back, about 20 MiB, and part 1 is sealed at the very end.

use alloc::vec::Vec;
use core::fmt;
use core::mem::take;

use super::{
    header::ObjectIdentity,
    plan::{FIRST_PART_CONTENT, PART_CONTENT, usize_of},
    sealed_part::SealedPart,
    writer::ObjectWriter,
};
use crate::{
    error::{Error, Result},
    size::{FULL, Padding},
};

/// Takes the bytes of a pipe and gives sealed parts.
pub struct PipeWriter {
    writer: ObjectWriter,
    padding: Padding,
    first: Vec<u8>,
    newest: Vec<u8>,
    newest_number: u32,
    taken: u64,
    limit: u64,
}

/// What one [`PipeWriter::push`] did.
#[derive(Debug)]
pub struct Pushed {
    /// How many of the bytes belong to this object. Fewer than given: the object is full; finish it and push the
    /// rest into the next one.
    pub taken: usize,
    /// Part numbers and parts that are ready to be stored.
    pub parts: Vec<(u32, SealedPart)>,
}

impl fmt::Debug for PipeWriter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PipeWriter")
            .field("taken", &self.taken)
            .finish_non_exhaustive()
    }
}

impl PipeWriter {
    /// A pipe into one new object of content.
    pub fn new(identity: ObjectIdentity, padding: Padding) -> Self {
        Self {
            writer: ObjectWriter::endless(identity),
            padding,
            first: Vec::new(),
            newest: Vec::new(),
            newest_number: 2,
            taken: 0,
            limit: FULL,
        }
    }

    /// Known-answer tests only: nonces by record index.
    #[cfg(feature = "kat")]
    pub fn fix_nonces(&mut self, nonce: fn(u64) -> [u8; 12]) {
        self.writer.fix_nonces(nonce);
    }

    /// Id, salt and key of the object.
    pub const fn identity(&self) -> &ObjectIdentity {
        self.writer.identity()
    }

    /// Content taken so far.
    pub const fn content_len(&self) -> u64 {
        self.taken
    }

    /// Whether the object holds [`FULL`] bytes; more must go into another one.
    pub const fn is_full(&self) -> bool {
        self.taken == self.limit
    }

    /// Takes bytes in pieces of any size.
    ///
    /// # Errors
    /// [`Error::Random`], [`Error::KeyExhausted`].
    pub fn push(&mut self, bytes: &[u8]) -> Result<Pushed> {
        let room = usize::try_from(self.limit - self.taken).unwrap_or(usize::MAX);
        let taken = bytes.len().min(room);
        let (to_first, mut rest) = bytes[..taken].split_at(taken.min(FIRST_PART_CONTENT - self.first.len()));
        self.first.extend_from_slice(to_first);
        let mut parts = Vec::new();
        while !rest.is_empty() {
            // A byte more exists, so the full part that was held back is not the last one.
            if self.newest.len() == PART_CONTENT {
                parts.push((
                    self.newest_number,
                    self.writer.seal_part(self.newest_number, &self.newest)?,
                ));
                self.newest.clear();
                self.newest_number += 1;
            }
            let (now, later) = rest.split_at(rest.len().min(PART_CONTENT - self.newest.len()));
            self.newest.extend_from_slice(now);
            rest = later;
        }
        self.taken += taken as u64;
        Ok(Pushed { taken, parts })
    }

    /// The source has ended: what was held back, and padding, come out of [`PipeEnd::next_part`].
    ///
    /// # Errors
    /// [`Error::TooLarge`], which the limit of [`Self::push`] rules out.
    pub fn finish(mut self) -> Result<PipeEnd> {
        self.writer.end_at(self.taken, self.padding)?;
        Ok(PipeEnd {
            number: self.newest_number,
            writer: self.writer,
            first: self.first,
            newest: self.newest,
            done: false,
        })
    }
}

/// The end of a pipe: its length is known, its last parts are still to be taken, part 1 the very last.
pub struct PipeEnd {
    writer: ObjectWriter,
    first: Vec<u8>,
    newest: Vec<u8>,
    number: u32,
    done: bool,
}

impl fmt::Debug for PipeEnd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PipeEnd")
            .field("writer", &self.writer)
            .finish_non_exhaustive()
    }
}

impl PipeEnd {
    /// The object's lengths and identity, now that they are known.
    pub const fn writer(&self) -> &ObjectWriter {
        &self.writer
    }

    /// The next part to store, until there is none. One at a time: padding may be many parts of zeros.
    ///
    /// # Errors
    /// [`Error::Random`], [`Error::KeyExhausted`].
    pub fn next_part(&mut self) -> Result<Option<(u32, SealedPart)>> {
        if self.done {
            return Ok(None);
        }
        if self.number > self.writer.parts() {
            self.done = true;
            return Ok(Some((1, self.writer.seal_part(1, &take(&mut self.first))?)));
        }
        let number = self.number;
        let content = take(&mut self.newest);
        let range = self.writer.content_of_part(number);
        if content.len() != usize_of(range.end - range.start)? {
            return Err(Error::Misuse("the pipe lost count"));
        }
        self.number += 1;
        Ok(Some((number, self.writer.seal_part(number, &content)?)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::object::{
        header::{Kind, make_object},
        reader::ObjectReader,
    };
    use std::collections::BTreeMap;

    #[test]
    fn a_full_object_takes_no_more() -> Result<()> {
        let limit = FIRST_PART_CONTENT + PART_CONTENT;
        let mut pipe = PipeWriter::new(make_object()?, Padding::Exact);
        pipe.limit = limit as u64;
        let source = std::vec![5_u8; limit + 10];
        let pushed = pipe.push(&source)?;
        assert_eq!((pushed.taken, pushed.parts.len(), pipe.is_full()), (limit, 0, true));
        assert_eq!(pipe.push(&source[limit..])?.taken, 0);
        let mut end = pipe.finish()?;
        let mut parts = BTreeMap::new();
        while let Some((number, part)) = end.next_part()? {
            parts.insert(number, part.bytes);
        }
        let object: Vec<u8> = parts.into_values().flatten().collect();
        assert_eq!(object.len() as u64, end.writer().object_len());
        let identity = end.writer().identity();
        let header = object.first_chunk().expect("an object has a header");
        let stream_len = end.writer().stream_len();
        let reader = ObjectReader::open(
            identity.object_id(),
            identity.fek(),
            stream_len,
            Kind::Content,
            header,
            object.len() as u64,
        )?;
        assert_eq!(reader.open_run(0, &object)?.content, source[..limit]);
        Ok(())
    }

    #[test]
    fn nothing_at_all_is_one_part() -> Result<()> {
        let mut end = PipeWriter::new(make_object()?, Padding::Padded).finish()?;
        let (number, part) = end.next_part()?.expect("part 1");
        assert_eq!((number, part.bytes.len()), (1, 65_536));
        assert!(end.next_part()?.is_none());
        Ok(())
    }
}
