//! One step of receiving: a run of records that is fetched and opened, and what was in it.

use core::ops::Range;
use std::sync::Arc;

use sealdrop_api::ObjectId;
use sealdrop_crypto::{Fek, Kind};

/// A run of records to fetch and open.
#[derive(Debug, Clone)]
pub struct OpenJob {
    /// Presigned GET; absolute, or starting with `/`.
    pub url: String,
    /// For `If-Match`, with the quotes.
    pub etag: String,
    /// The object that was asked for.
    pub object_id: ObjectId,
    /// Its key.
    pub fek: Arc<Fek>,
    /// Length of its stream, from the list that named it.
    pub stream_len: u64,
    /// What it must hold.
    pub kind: Kind,
    /// What an earlier range of the same object has read. `None` for the first, whose `records` start at 0.
    pub known: Option<OpenedHeader>,
    /// Records to open; never empty, at most 40.
    pub records: Range<u64>,
}

/// What record 0 and the header in front of it say; checked, and needed by every later range.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenedHeader {
    /// The 128 bytes.
    pub bytes: [u8; 128],
    /// Bytes of content in the object, from the sealed prologue; what follows them is padding.
    pub content_len: u64,
}

/// Records that opened.
#[derive(Debug)]
pub struct OpenedRange<C> {
    /// The content in these records, without prologue and padding. Padding was checked to be zero.
    pub content: C,
    /// The header, for the next job.
    pub header: OpenedHeader,
    /// If the range starts at a multiple of 40 records and ends at one or at the object's end: the SHA-256 of the
    /// 10 MiB of the object as stored (the range is at most that long). `None` otherwise.
    pub digest: Option<[u8; 32]>,
}
