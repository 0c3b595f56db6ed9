//! What the operator allows, and the constants of the format that the server needs without the crypto crate.

use serde::{Deserialize, Serialize};

use crate::endpoint::{Endpoint, Method, NoBody};

/// Bytes of one part of an upload (format section 2); larger parts are multiples of it.
pub const PART_LEN: u64 = 10_485_760;
/// Parts of one multipart upload at most (S3).
pub const MAX_PARTS: u32 = 10_000;
/// Bytes of a part at most (S3).
pub const MAX_PART_LEN: u64 = 5 << 30;
/// Parts that one request may have signed.
pub const SIGN_WINDOW: usize = 16;
/// Objects that one request may have signed for reading.
pub const OBJECT_WINDOW: usize = 16;
/// Bytes of an object's header.
pub const OBJECT_HEADER_LEN: usize = 128;
/// Bytes of the smallest object: header, one record around a prologue.
pub const MIN_OBJECT_LEN: u64 = 128 + 28 + 16;
/// Bytes of the largest object: 2^23 slots of 256 KiB.
pub const MAX_OBJECT_LEN: u64 = 1 << 41;
/// Bytes of a link's sealed payload at most (a blob of 64 KiB and its 84 bytes around).
pub const MAX_PAYLOAD_LEN: usize = 65_536 + 84;
/// Bytes of the smallest sealed blob.
pub const MIN_PAYLOAD_LEN: usize = 64 + 84;
/// Sealed bytes of a manifest object at most.
pub const MAX_MANIFEST_LEN: u64 = 34 << 20;
/// Bytes of a request's body at most.
pub const MAX_BODY_LEN: usize = 1 << 20;
/// Seconds that a presigned PUT lives.
pub const PUT_URL_EXPIRES_IN: u64 = 15 * 60;
/// Seconds that a presigned GET lives.
pub const GET_URL_EXPIRES_IN: u64 = 5 * 60;
/// Seconds that a claim's place is leased; every `urls` renews it.
pub const CLAIM_LEASE_IN: u64 = 10 * 60;
/// Seconds for which a claim may be resumed after it was made.
pub const CLAIM_RESUME_IN: u64 = 24 * 3600;
/// Seconds for which the objects of a link stay after its last download was used: until then its owner may allow more.
pub const REVIVE_IN: u64 = 24 * 3600;
/// Seconds after which an untouched upload, or a committed one without a link, is given up.
pub const UPLOAD_IDLE_IN: u64 = 72 * 3600;
/// Seconds after which reservations are forgotten where no part of any of them was ever asked for. Nothing is lost then:
/// a client that comes back later reserves again before the first part.
pub const RESERVED_IDLE_IN: u64 = 15 * 60;

/// Downloads that no link reaches: a server whose `max_downloads` is this number has no limit of its own, and a link with
/// this number is shown as one without.
pub const UNLIMITED_DOWNLOADS: u32 = 1_000_000;

/// `GET limits`: what this server allows whoever asks.
#[derive(Debug, Clone, Copy)]
pub struct GetLimits;

impl Endpoint for GetLimits {
    const METHOD: Method = Method::Get;
    const PATH: &'static str = "/api/v1/limits";
    type Body = NoBody;
    type Response = Limits;

    fn path(&self) -> String {
        Self::PATH.to_owned()
    }
    fn body(&self) -> &NoBody {
        &NoBody
    }
}

/// What this server allows whoever asks: a guest, or a user by their plan. Lengths in sealed bytes, durations in seconds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Limits {
    /// Whether whoever asks may send: a user may, a guest where the operator lets guests.
    pub guest: bool,
    /// Sealed bytes of all objects of one link at most.
    pub max_link_bytes: u64,
    /// Seconds a link lives if the sender says nothing.
    pub default_expires_in: u64,
    /// Seconds a link must live at least.
    #[serde(default)]
    pub min_expires_in: u64,
    /// Seconds a link may live at most.
    pub max_expires_in: u64,
    /// Downloads of a link if the sender says nothing.
    pub default_downloads: u32,
    /// Downloads of a link at most; 1000000 means that this server sets no limit.
    pub max_downloads: u32,
    /// Parts that one request may have signed.
    pub sign_window: u32,
}
