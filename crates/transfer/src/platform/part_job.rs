//! One step of sending: a part that is read, sealed and sent, and what the bucket said.

use std::sync::Arc;

use super::object_plan::ObjectPlan;

/// One part to read, seal and send.
#[derive(Debug, Clone)]
pub struct PartJob<F> {
    /// The object that it belongs to: identity, lengths, kind. It holds the object's key.
    pub object: Arc<ObjectPlan>,
    /// Number of the part, from 1.
    pub part: u32,
    /// Where the part's content comes from, in order; empty for a part that is padding only.
    /// Together exactly `object.content_of_part(part)`.
    pub extents: Vec<SourceExtent<F>>,
    /// Presigned PUT; absolute, or starting with `/`.
    pub url: String,
    /// Exact bytes of the sealed part; they are signed.
    pub sealed_len: u64,
}

/// A run of bytes in one file to send.
#[derive(Debug, Clone)]
pub struct SourceExtent<F> {
    /// The file.
    pub file: F,
    /// First byte.
    pub offset: u64,
    /// Bytes; never 0.
    pub len: u64,
}

/// A part that the bucket acknowledged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentPart {
    /// Its `ETag`, with the quotes.
    pub etag: String,
    /// SHA-256 of each 10 MiB of the sealed part, in order: exactly of the bytes that were acknowledged.
    pub digests: Vec<[u8; 32]>,
}
