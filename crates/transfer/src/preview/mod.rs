//! Looking at a file of a link without downloading it: any range, record by record.
//!
//! A visit has one claim for all that it looks at, made by the first click. It takes no place and counts nothing, and
//! like every claim it ends with the link. Every byte that comes out of a [`Preview`] was opened in its place in its
//! object; that the object as a whole is what the sender committed to (`tag_root`) only a download can say.

pub(crate) mod format;
mod pixels;
pub(crate) mod reader;
mod record_cache;

use core::{cell::Cell, ops::Range};
use std::collections::BTreeMap;

use futures::{
    future::{Either, select},
    lock::Mutex,
    pin_mut,
};
use sealdrop_api::{
    ClaimId, ProblemType,
    claims::{Purpose, ReleaseReason},
};
use sealdrop_crypto::size;

use self::record_cache::{Fetching, Found, RecordCache};
use crate::{
    download::{
        claim::{Claim, make_claim_id},
        open_range::open_records,
        plan::content_of,
    },
    engine::{context::TransferContext, control::Control, progress::Progress},
    error::{InvalidInput, TransferError},
    item::FileEntry,
    link::open::{OpenedLink, RUN},
    platform::{
        Platform,
        chunk::Chunk,
        open_job::{OpenedHeader, OpenedRange},
    },
};

/// Runs of records on their way at a time: a film and its next place.
const AT_ONCE: usize = 3;

/// A visit's claim for all that it looks at.
#[derive(Debug)]
pub struct PreviewClaim {
    id: Cell<ClaimId>,
    is_taken: Cell<bool>,
}

impl PreviewClaim {
    /// A new claim, not sent to the server yet.
    ///
    /// # Errors
    /// [`TransferError::Device`] without random numbers.
    pub fn new() -> Result<Self, TransferError> {
        Ok(Self {
            id: Cell::new(make_claim_id()?),
            is_taken: Cell::new(false),
        })
    }

    /// Whether it was ever made, and so should be released.
    #[must_use]
    pub const fn is_taken(&self) -> bool {
        self.is_taken.get()
    }

    /// The visit is over. Errors are ignored: the lease ends by itself.
    pub async fn release<P: Platform>(&self, platform: &P, link: &OpenedLink) {
        if self.is_taken.replace(false) {
            let claim = Claim::with(link, self.id.get(), Purpose::Preview);
            claim.give_back(platform, ReleaseReason::Cancelled).await;
        }
    }

    /// Makes it, or goes on with it. One that has ended (24 hours are its life) is followed by another.
    async fn take<'a, P: Platform>(
        &self,
        context: &TransferContext<'_, P>,
        link: &'a OpenedLink,
    ) -> Result<Claim<'a>, TransferError> {
        self.is_taken.set(true);
        let claim = Claim::with(link, self.id.get(), Purpose::Preview);
        match claim.take(context).await {
            Ok(()) => Ok(claim),
            Err(error) if error.problem() == Some(ProblemType::ClaimEnded) => {
                self.id.set(make_claim_id()?);
                let claim = Claim::with(link, self.id.get(), Purpose::Preview);
                claim.take(context).await?;
                Ok(claim)
            }
            Err(error) => Err(error),
        }
    }
}

/// Looks at one file of a link, for as long as `work` takes. The claim is made first, its lease is kept meanwhile, and
/// a link that ends ends the look with it.
///
/// # Errors
/// [`TransferError::Cancelled`] when `control` says so, what `work` says, or the first error that did not pass.
pub async fn preview<P: Platform, T>(
    platform: &P,
    link: &OpenedLink,
    file: usize,
    claim: &PreviewClaim,
    control: &Control,
    work: impl AsyncFnOnce(&Preview<'_, P>) -> Result<T, TransferError>,
) -> Result<T, TransferError> {
    let entry = link.files.get(file);
    let entry = entry.ok_or(TransferError::InvalidInput(InvalidInput::NoSuchFile))?;
    let ignore = |_| {};
    let progress = Progress::new(core::iter::empty(), Some(0));
    let context = TransferContext::new(platform, control, progress, (AT_ONCE, AT_ONCE), &ignore);
    let looking = async {
        let claim = claim.take(&context, link).await?;
        let preview = Preview {
            context: &context,
            link,
            claim: &claim,
            entry,
            headers: Mutex::default(),
            cache: RecordCache::default(),
        };
        let working = work(&preview);
        let keeping = claim.keep(platform);
        pin_mut!(working, keeping);
        match select(working, keeping).await {
            Either::Left((result, _)) => result,
            Either::Right((never, _)) => Err(never.err().unwrap_or(TransferError::Cancelled)),
        }
    };
    let stopped = control.cancelled();
    pin_mut!(looking, stopped);
    match select(looking, stopped).await {
        Either::Left((result, _)) => result,
        Either::Right(_) => Err(TransferError::Cancelled),
    }
}

/// A file that is being looked at.
pub struct Preview<'a, P: Platform> {
    context: &'a TransferContext<'a, P>,
    link: &'a OpenedLink,
    claim: &'a Claim<'a>,
    entry: &'a FileEntry,
    /// The header from record 0 of an object. Locked while it is fetched, so that others wait for it.
    headers: Mutex<BTreeMap<usize, OpenedHeader>>,
    cache: RecordCache<P::Chunk>,
}

impl<P: Platform> Preview<'_, P> {
    /// Bytes of the file.
    #[must_use]
    pub const fn file_len(&self) -> u64 {
        self.entry.len
    }

    /// Its path, as the sender wrote it.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.entry.path
    }

    /// Exactly these bytes of the file (as far as it reaches), in order. Fetches the records that hold them and no other.
    ///
    /// # Errors
    /// As a download: the first that did not pass. Nothing is handed out then.
    pub async fn read(&self, range: Range<u64>) -> Result<Vec<P::Chunk>, TransferError> {
        let mut pieces = Vec::new();
        let mut start = 0;
        for extent in &self.entry.extents {
            let end = start + extent.len;
            let wanted = range.start.max(start)..range.end.min(end);
            if wanted.start < wanted.end {
                let content = extent.offset + wanted.start - start..extent.offset + wanted.end - start;
                self.read_object(extent.object as usize, content, &mut pieces).await?;
            }
            start = end;
        }
        Ok(pieces)
    }

    /// The last byte that costs no further record if `records` of them are fetched for the byte `at`.
    fn end_of_records(&self, at: u64, records: u64) -> u64 {
        let mut start = 0;
        for extent in &self.entry.extents {
            let end = start + extent.len;
            if at < end {
                let first = record_of(extent.offset + at - start);
                let content = content_of(first + records).min(extent.offset + extent.len);
                return start + content - extent.offset;
            }
            start = end;
        }
        start
    }

    async fn read_object(
        &self,
        object: usize,
        content: Range<u64>,
        pieces: &mut Vec<P::Chunk>,
    ) -> Result<(), TransferError> {
        let end = record_of(content.end - 1) + 1;
        let mut next = record_of(content.start);
        while next < end {
            let (records, opened) = match self.cache.find(object, next..end.min(next + RUN)) {
                Found::Cached(records, content) => (records, content),
                Found::Underway(over) => {
                    // Whether it came or failed is seen when it is looked for again.
                    over.await.unwrap_or_default();
                    continue;
                }
                Found::Missing(fetching) => {
                    let records = fetching.records.clone();
                    (records, self.open(object, fetching).await?)
                }
            };
            let base = content_of(records.start);
            let from = content.start.max(base);
            let to = content.end.min(content_of(records.end));
            let piece = (from - base) as usize..(to - base) as usize;
            if piece.end > opened.len() {
                // The list claims more of the object than there is in it.
                return Err(TransferError::NotWhatWasSealed);
            }
            pieces.push(opened.slice(piece));
            next = records.end;
        }
        Ok(())
    }

    /// Fetches and opens records; of an object that is new, record 0 first: it carries what every other one needs.
    async fn open(&self, object: usize, fetching: Fetching<'_, P::Chunk>) -> Result<P::Chunk, TransferError> {
        let records = fetching.records.clone();
        let known = {
            let mut headers = self.headers.lock().await;
            match headers.get(&object) {
                Some(header) => *header,
                None if records.start == 0 => {
                    let range = self.fetch(object, records, None).await?;
                    headers.insert(object, range.header);
                    return Ok(fetching.store(range.content));
                }
                None => {
                    let first = self.fetch(object, 0..1, None).await?;
                    let header = first.header;
                    headers.insert(object, header);
                    if let Found::Missing(fetching) = self.cache.find(object, 0..1) {
                        fetching.store(first.content);
                    }
                    header
                }
            }
        };
        let range = self.fetch(object, records, Some(known)).await?;
        Ok(fetching.store(range.content))
    }

    async fn fetch(
        &self,
        object: usize,
        records: Range<u64>,
        known: Option<OpenedHeader>,
    ) -> Result<OpenedRange<P::Chunk>, TransferError> {
        open_records(self.context, self.link, self.claim, object, (records, known)).await
    }
}

/// The record that holds a byte of an object's content.
const fn record_of(content: u64) -> u64 {
    size::locate(content + size::PROLOGUE).0
}
