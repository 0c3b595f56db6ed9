//! Opens runs of whole records as they are stored: what a full download and a range both fetch.

use alloc::vec::Vec;
use core::fmt;
use core::ops::Range;

use super::{
    cipher::{RecordCipher, RustCryptoCipher, run_ready},
    plan::{geometry::Geometry, usize_of},
    reader::ObjectReader,
};
use crate::{
    error::{Error, Result},
    size::{HDR, NONCE, PART, PROLOGUE, R, TAG},
};

/// One record of a [`RunPlan`], for a caller who opens it elsewhere.
#[derive(Debug, Clone)]
pub struct RecordRun {
    index: u64,
    nonce_at: usize,
    sealed: Range<usize>,
    aad: [u8; 9],
    content_start: usize,
    content_len: usize,
    zeros: usize,
}

impl RecordRun {
    /// Index of the record in the object. Record 0 starts with the prologue: see
    /// [`ObjectReader::check_prologue`].
    pub const fn index(&self) -> u64 {
        self.index
    }

    /// Where its nonce stands in the run.
    pub const fn nonce(&self) -> Range<usize> {
        self.nonce_at..self.nonce_at + NONCE as usize
    }

    /// Where ciphertext and tag stand in the run.
    pub fn sealed(&self) -> Range<usize> {
        self.sealed.clone()
    }

    /// The additional data.
    pub const fn aad(&self) -> &[u8; 9] {
        &self.aad
    }

    /// Which bytes of its plaintext are content.
    pub const fn content(&self) -> Range<usize> {
        self.content_start..self.content_start + self.content_len
    }

    /// Which bytes of its plaintext are padding. The caller must check that they are zero.
    pub const fn zeros(&self) -> Range<usize> {
        let start = self.content_start + self.content_len;
        start..start + self.zeros
    }
}

/// How to open the stored bytes of a run of whole records.
#[derive(Debug, Clone)]
pub struct RunPlan {
    has_header: bool,
    content: Range<u64>,
    records: Vec<RecordRun>,
}

impl RunPlan {
    /// Whether the run starts with the header, which must be the one that the reader has checked.
    pub const fn has_header(&self) -> bool {
        self.has_header
    }

    /// The content bytes of this run, in the content of the object.
    pub fn content(&self) -> Range<u64> {
        self.content.clone()
    }

    /// The records, in order.
    pub fn records(&self) -> &[RecordRun] {
        &self.records
    }
}

/// Content of an opened run.
pub struct OpenedRun {
    /// Where the content of this run starts in the content of the object.
    pub content_start: u64,
    /// The content, without prologue and padding.
    pub content: Vec<u8>,
}

impl fmt::Debug for OpenedRun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenedRun")
            .field("content_start", &self.content_start)
            .finish_non_exhaustive()
    }
}

impl ObjectReader {
    /// Plans how to open the stored bytes `run` of the object: from a multiple of 256 KiB to another one or to the
    /// object's end. The length of the content must be known.
    ///
    /// # Errors
    /// [`Error::Misuse`] for other bounds, or while the length of the content is unknown.
    pub fn plan_run(&self, run: Range<u64>) -> Result<RunPlan> {
        let content_len = self.content_len().ok_or(Error::Misuse("open record 0 first"))?;
        self.plan_run_of(run, content_len)
    }

    fn plan_run_of(&self, run: Range<u64>, content_len: u64) -> Result<RunPlan> {
        let ends_well = run.end == self.object_len() || (run.end < self.object_len() && run.end.is_multiple_of(R));
        if !run.start.is_multiple_of(R) || !ends_well || run.start >= run.end {
            return Err(Error::Misuse("a run is whole records"));
        }
        let geometry = Geometry {
            content_len,
            stream_len: self.stream_len(),
            part_len: PART,
            kind: crate::object::header::Kind::Content,
        };
        let (first, end) = (run.start / R, run.end.div_ceil(R));
        let mut records = Vec::with_capacity(usize_of(end - first)?);
        let mut content = None;
        for index in first..end {
            let at = self
                .sealed_range(index)
                .ok_or(Error::Misuse("a run is whole records"))?;
            let plain_len = at.end - at.start - NONCE - TAG;
            let range = geometry.content_of_record(index, plain_len);
            let content_start = if index == 0 { PROLOGUE as usize } else { 0 };
            let len = usize_of(range.end - range.start)?;
            let nonce_at = usize_of(at.start - run.start)?;
            let mut aad = [0; 9];
            aad[..8].copy_from_slice(&index.to_be_bytes());
            aad[8] = u8::from(index + 1 == self.records());
            records.push(RecordRun {
                index,
                nonce_at,
                sealed: nonce_at + NONCE as usize..usize_of(at.end - run.start)?,
                aad,
                content_start,
                content_len: len,
                zeros: usize_of(plain_len)? - content_start - len,
            });
            let start = content.map_or(range.start, |(start, _)| start);
            content = Some((start, range.end));
        }
        let (start, end) = content.ok_or(Error::Misuse("a run is whole records"))?;
        Ok(RunPlan {
            has_header: run.start == 0,
            content: start..end,
            records,
        })
    }

    /// Opens the stored bytes of a run that starts at object offset `start`; returns its content, with prologue and
    /// padding checked and left out. A run that starts with record 0 needs nothing known; any other needs
    /// the length of the content.
    ///
    /// # Errors
    /// [`Error::Sealed`] if any record, the prologue or the padding is not right: then no content is returned.
    /// [`Error::Misuse`] for a start that is not a multiple of 256 KiB.
    pub fn open_run(&self, start: u64, stored: &[u8]) -> Result<OpenedRun> {
        self.open_run_into(start, stored, Vec::new())
    }

    /// [`Self::open_run`] into a buffer that was used before: asking the system for 10 MiB of fresh pages each time costs
    /// about as much as opening them.
    ///
    /// # Errors
    /// As [`Self::open_run`].
    pub fn open_run_into(&self, start: u64, stored: &[u8], room: Vec<u8>) -> Result<OpenedRun> {
        run_ready(self.open_run_of(&RustCryptoCipher::new(&self.record_key()), start, stored, room))
    }

    /// [`Self::open_run`] with another cipher, which must hold this object's record key.
    ///
    /// # Errors
    /// As [`Self::open_run`], and those of the cipher.
    pub async fn open_run_with<C: RecordCipher>(&self, cipher: &C, start: u64, stored: &[u8]) -> Result<OpenedRun> {
        self.open_run_of(cipher, start, stored, Vec::new()).await
    }

    async fn open_run_of<C: RecordCipher>(
        &self,
        cipher: &C,
        start: u64,
        stored: &[u8],
        room: Vec<u8>,
    ) -> Result<OpenedRun> {
        if !start.is_multiple_of(R) {
            return Err(Error::Misuse("a run is whole records"));
        }
        let mut first = None;
        let content_len = if start == 0 {
            if stored.first_chunk() != Some(&self.header) {
                return Err(Error::Sealed);
            }
            let at = self.sealed_range(0).ok_or(Error::Sealed)?;
            let sealed = stored.get(HDR as usize..usize_of(at.end)?).ok_or(Error::Sealed)?;
            let plain = self.open_record_with(cipher, 0, sealed).await?;
            let len = self.check_prologue(&plain)?;
            first = Some(plain);
            len
        } else {
            self.content_len().ok_or(Error::Misuse("open record 0 first"))?
        };
        // Where the run ends is what a server chose to send, so a cut there is no mistake of the caller.
        let end = start.checked_add(stored.len() as u64).ok_or(Error::Sealed)?;
        let plan = self.plan_run_of(start..end, content_len).map_err(|_| Error::Sealed)?;
        let range = plan.content();
        // Every byte of it is overwritten below, whatever was in it.
        let mut content = room;
        content.resize(usize_of(range.end - range.start)?, 0);
        let mut filled = 0;
        for record in plan.records() {
            let next = filled + record.content().len();
            let target = &mut content[filled..next];
            filled = next;
            let sealed = &stored[record.nonce().start..record.sealed().end];
            if record.index() > 0 && record.zeros().is_empty() {
                let slot = self.record_slot(record.index(), sealed)?;
                cipher.open(&slot, &sealed[NONCE as usize..], target).await?;
                continue;
            }
            let plain = match first.take() {
                Some(plain) => plain,
                None => self.open_record_with(cipher, record.index(), sealed).await?,
            };
            if plain[record.zeros()].iter().any(|byte| *byte != 0) {
                return Err(Error::Sealed);
            }
            target.copy_from_slice(&plain[record.content()]);
        }
        Ok(OpenedRun {
            content_start: range.start,
            content,
        })
    }
}
