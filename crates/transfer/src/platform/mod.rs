//! The interface between the engine and the platform it runs on.
//!
//! The engine decides what is sealed, sent, fetched, tried again and said; a [`Platform`] only does it, in coarse
//! steps, so that a browser can seal and send a whole part inside a worker and never bring its bytes to the main
//! thread. Two platforms exist: the browser's and the command line's.
//!
//! Rules for every implementation:
//! - A future that is dropped stops what it does (aborts the request), because that is how the engine cancels.
//! - Addresses that start with `/` are resolved against the server's address.
//! - Nothing is retried here. An operation tries once and says what happened; [`TransferError::retry`] decides.
//! - Plain content is handed out only after its tag was checked.

pub(crate) mod chunk;
pub(crate) mod object_plan;
pub(crate) mod open_job;
pub(crate) mod part_job;
pub(crate) mod pipe;
pub(crate) mod request;
pub(crate) mod sinks;

use core::{ops::Range, time::Duration};
use std::sync::Arc;

use sealdrop_api::LinkId;
use sealdrop_crypto::LinkSecret;

use self::{
    chunk::Chunk,
    open_job::{OpenJob, OpenedRange},
    part_job::{PartJob, SentPart},
    request::{ApiRequest, ApiResponse},
};
use crate::{
    error::TransferError,
    link::access::{LinkAccess, derive_link_access},
};

/// What the engine asks of its platform: requests, sealing, opening, time.
#[expect(
    async_fn_in_trait,
    reason = "browser futures are never Send; the command line drives the engine on one thread too"
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

    /// Reads a few bytes of a file (at most 192 KiB), to recognise it. `range` is within its length. Of an empty file this is
    /// no byte: whether it is there, and empty, is what is asked.
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

    /// Whether the machine believes that it has a network. `true` where unknown.
    fn is_online(&self) -> bool {
        true
    }

    /// Resolves when the machine believes that it has a network again; immediately where unknown.
    async fn wait_online(&self) {}

    /// Unicode normalisation form C, for names.
    fn normalize_nfc(&self, text: &str) -> String;

    /// Unicode normalisation form KC, for passwords.
    fn normalize_nfkc(&self, text: &str) -> String;
}
