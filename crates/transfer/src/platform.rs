//! The seam between the spine and the machine it runs on.
//!
//! The spine decides what is sealed, sent, fetched, tried again and said; a [`Platform`] only does it, in coarse
//! steps, so that a browser can seal and send a whole part inside a worker and never bring its bytes to the main
//! thread. Two platforms exist: the browser's and the command line's.
//!
//! Rules for every implementation:
//! - A future that is dropped stops what it does (aborts the request), because that is how the spine cancels.
//! - Addresses that start with `/` are resolved against the server's address.
//! - Nothing is retried here. An operation tries once and says what happened; [`TransferError::retry`] decides.
//! - Plain content is handed out only after its tag was checked.

use core::{ops::Range, time::Duration};
use std::sync::Arc;

use sealdrop_api::{LinkId, Method, ObjectId, OwnerToken};
use sealdrop_crypto::{Fek, Kind, LinkSecret};

use crate::{LinkAccess, ObjectPlan, TransferError, derive_link_access};

/// The machine below the spine: requests, sealing, opening, time.
#[expect(
    async_fn_in_trait,
    reason = "browser futures are never Send; the command line drives the spine on one thread too"
)]
pub trait Platform {
    /// A handle on a file to send: cheap to clone, readable at any offset, as often as needed.
    type File: Clone;
    /// Plain content on its way to a [`Sink`], wherever this platform keeps it.
    type Chunk: Chunk;

    /// Sends one request to the API and reads the whole answer (at most a few MiB).
    ///
    /// # Errors
    /// [`TransferError::Unreachable`] when no answer came. Every answer, also of an error status, is `Ok`.
    async fn request(&self, request: ApiRequest) -> Result<ApiResponse, TransferError>;

    /// Reads a few bytes of a file (at most 192 KiB), to recognise it. `range` is within its length.
    ///
    /// # Errors
    /// [`TransferError::SourceChanged`], [`TransferError::SourceUnreadable`].
    async fn read_plain(&self, file: &Self::File, range: Range<u64>) -> Result<Vec<u8>, TransferError>;

    /// Reads a part's content, seals it, and PUTs the sealed part to its address with its exact length.
    /// `sent` hears how many sealed bytes of this attempt are on their way, where the platform can tell.
    ///
    /// # Errors
    /// [`TransferError::SourceChanged`] if a file is not what it was when its handle was made (length, time of
    /// change), [`TransferError::SourceUnreadable`] if it cannot be read, [`TransferError::Unreachable`],
    /// [`TransferError::Bucket`] with the status of a refusal, [`TransferError::EtagHidden`].
    async fn seal_and_send(&self, job: PartJob<Self::File>, sent: &dyn Fn(u64)) -> Result<SentPart, TransferError>;

    /// PUTs bytes that are sealed already (parts of pipes, manifests) and gives the `ETag`, with its quotes.
    ///
    /// # Errors
    /// As [`Self::seal_and_send`], without those of a source.
    async fn send_sealed(&self, url: &str, sealed: Arc<Vec<u8>>) -> Result<String, TransferError>;

    /// Fetches a run of records with one ranged GET (`If-Match` the `ETag`) and opens them.
    /// `received` hears how many sealed bytes of this attempt have arrived.
    ///
    /// # Errors
    /// [`TransferError::NotWhatWasSealed`] if anything does not open, the total of `Content-Range` is not the
    /// object's length, or padding is not zero; [`TransferError::NewerVersion`] for an unknown header;
    /// [`TransferError::Unreachable`] also for a body that ends early; [`TransferError::Bucket`].
    async fn open_range(&self, job: OpenJob, received: &dyn Fn(u64))
    -> Result<OpenedRange<Self::Chunk>, TransferError>;

    /// Derives the keys of a link. With a password (NFKC already) this takes 0.3 s and 64 MiB: a platform with a
    /// thread that people look at does it elsewhere, by [`derive_link_access`].
    ///
    /// # Errors
    /// As [`derive_link_access`].
    async fn derive_link_access(
        &self,
        link_id: LinkId,
        secret: &LinkSecret,
        password: Option<&str>,
    ) -> Result<LinkAccess, TransferError> {
        derive_link_access(link_id, secret, password)
    }

    /// Waits.
    async fn sleep(&self, duration: Duration);

    /// Time since any fixed moment, monotonic: durations only, never a date.
    fn now(&self) -> Duration;

    /// Whether the machine believes that it has a network. `true` where nobody knows.
    fn is_online(&self) -> bool {
        true
    }

    /// Resolves when the machine believes that it has a network again; at once where nobody knows.
    async fn wait_online(&self) {}

    /// Unicode normalisation form C, for names.
    fn normalize_nfc(&self, text: &str) -> String;

    /// Unicode normalisation form KC, for passwords.
    fn normalize_nfkc(&self, text: &str) -> String;
}

/// Plain content that can be counted and cut.
pub trait Chunk: Sized {
    /// Its bytes.
    fn len(&self) -> usize;

    /// Whether it holds nothing.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// A part of it; cheap where the platform can share memory. `range` is within `0..len`.
    #[must_use]
    fn slice(&self, range: Range<usize>) -> Self;

    /// A copy, for content that the spine itself reads (manifests).
    fn to_vec(&self) -> Vec<u8>;

    /// Bytes that the spine made itself (records of an archive).
    #[must_use]
    fn from_bytes(bytes: Vec<u8>) -> Self;

    /// Shows all bytes in order, in blocks of any length; a platform that must copy them for that copies a little at a
    /// time.
    fn each_block(&self, see: &mut dyn FnMut(&[u8])) {
        see(&self.to_vec());
    }
}

/// A request to the server's API.
#[derive(Debug, Clone)]
pub struct ApiRequest {
    /// The method.
    pub method: Method,
    /// Path and query, starting with `/api/v1`.
    pub path: String,
    /// Value of the header [`sealdrop_api::TOKEN_HEADER`], where the route needs it.
    pub token: Option<OwnerToken>,
    /// JSON, to be sent as `application/json`. It may hold a bearer: never logged.
    pub body: Option<JsonBody>,
}

/// The text of a JSON body; redacted in `Debug`, since it may hold a bearer.
#[derive(Clone)]
pub struct JsonBody(pub String);

impl core::fmt::Debug for JsonBody {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "JsonBody({} bytes)", self.0.len())
    }
}

/// The server's answer.
#[derive(Debug, Clone)]
pub struct ApiResponse {
    /// HTTP status.
    pub status: u16,
    /// Seconds of the header `Retry-After`, if there is one.
    pub retry_after: Option<u64>,
    /// The body.
    pub body: Vec<u8>,
}

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
    /// What an earlier range of the same object told. `None` for the first, whose `records` start at 0.
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

/// A source that can be read once, of unknown length.
#[expect(async_fn_in_trait, reason = "driven on the thread that made it")]
pub trait Pipe {
    /// Reads some bytes into `buffer`; 0 only at the end.
    ///
    /// # Errors
    /// [`TransferError::SourceUnreadable`].
    async fn read(&mut self, buffer: &mut [u8]) -> Result<usize, TransferError>;
}

/// Makes the place where a file of a download goes.
#[expect(async_fn_in_trait, reason = "driven on the thread that made it")]
pub trait Sinks {
    /// What is written.
    type Chunk: Chunk;
    /// One such place.
    type Sink: Sink<Chunk = Self::Chunk>;

    /// Opens the place for a file. Files of a pack stay unfinished until the whole pack is verified, so many may be
    /// open at once: a sink should hold nothing costly once its `len` bytes are written.
    ///
    /// # Errors
    /// [`TransferError::SaveRefused`], [`TransferError::DiskFull`].
    async fn open(&mut self, file: &SinkFile) -> Result<Self::Sink, TransferError>;

    /// Whether all files become one. Then each comes whole before the next is opened, and none is done before
    /// [`Self::close`].
    fn is_archive(&self) -> bool {
        false
    }

    /// Every file is finished, so everything is proven, and nothing is counted yet: what holds them together gets its
    /// end.
    ///
    /// # Errors
    /// As [`Sink::finish`].
    async fn close(&mut self) -> Result<(), TransferError> {
        Ok(())
    }

    /// There will be no end: what holds the files together is removed or marked. Their own sinks were aborted.
    async fn abort(&mut self) {}
}

/// A file that is about to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SinkFile {
    /// Its place in the list.
    pub index: usize,
    /// Its path as stored; map each component with `save_name` before use.
    pub path: String,
    /// Its exact bytes.
    pub len: u64,
    /// Bytes of it that an earlier run wrote and kept: the sink goes on behind them, and what it has beyond them is cut
    /// off. It may be all of them: then only the name is missing.
    pub offset: u64,
    /// Its type as the sender's system named it; display only.
    pub mime: Option<String>,
    /// When it was changed last, in ms since 1970 UTC.
    pub modified_ms: Option<u64>,
}

/// Where one file of a download goes. Everything written has been authenticated.
#[expect(async_fn_in_trait, reason = "driven on the thread that made it")]
pub trait Sink {
    /// What is written.
    type Chunk: Chunk;

    /// Takes the next bytes; resolves when it can take more.
    ///
    /// # Errors
    /// [`TransferError::DiskFull`], [`TransferError::SaveRefused`], [`TransferError::Cancelled`] if the person
    /// stopped it there.
    async fn write(&mut self, chunk: Self::Chunk) -> Result<(), TransferError>;

    /// All bytes are there and as much is proven as can be: the file gets its name.
    ///
    /// # Errors
    /// As [`Self::write`].
    async fn finish(self, proof: Proof) -> Result<(), TransferError>;

    /// It will not come to an end: what was written is removed or marked.
    async fn abort(self);

    /// It stops here, and a later run goes on from the last checkpoint: what was written stays.
    async fn leave(self)
    where
        Self: Sized,
    {
        self.abort().await;
    }
}

/// What is known of a file when it is finished.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// Its objects were read whole and are, byte for byte, what the sender committed to (`tag_root`): unaltered.
    Whole,
    /// Picked out of a pack: every record opened in its place, the rest of the object was not read: complete.
    Complete,
}
