//! Uploads: reserve, sign a window of parts, complete, look, give up. All of them need the owner token.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::{Endpoint, Method, NoBody, ObjectId};

/// Where an upload stands. States only move forward; `aborting` and `aborted` are the side exit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum UploadState {
    /// The room is kept; the bucket does not know of it yet.
    Reserved,
    /// Parts may be sent.
    Uploading,
    /// The bucket is putting the parts together.
    Completing,
    /// The result is being compared with the plan.
    Verifying,
    /// The object is whole; a link may take it.
    Committed,
    /// Its bytes are being removed.
    Deleting,
    /// Its bytes are gone; the id stays used.
    Deleted,
    /// It is being given up.
    Aborting,
    /// It was given up.
    Aborted,
}

/// Why an upload was given up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum AbortReason {
    /// The sender said so.
    Cancelled,
    /// Nobody touched it for 72 hours.
    Expired,
    /// What arrived is not what was announced, or no sealed object.
    Refused,
}

/// Body of `POST uploads`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewUpload {
    /// Made by the client, never used before.
    pub object_id: ObjectId,
    /// Sealed bytes of the whole object; null for a pipe, whose length nobody knows yet.
    pub sealed_len: Option<u64>,
    /// Sealed bytes of every part but the last: a multiple of 10 MiB.
    pub part_len: u64,
}

/// `POST uploads`: keeps room for an object. Repeating it answers the same.
#[derive(Debug, Clone)]
pub struct ReserveUpload {
    /// The body.
    pub body: NewUpload,
}

impl Endpoint for ReserveUpload {
    const METHOD: Method = Method::Post;
    const PATH: &'static str = "/api/v1/uploads";
    type Body = NewUpload;
    type Response = UploadReserved;

    fn path(&self) -> String {
        Self::PATH.to_owned()
    }
    fn body(&self) -> &NewUpload {
        &self.body
    }
}

/// Answer of `POST uploads`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UploadReserved {
    /// The id, as sent.
    pub object_id: ObjectId,
    /// Where it stands.
    pub state: UploadState,
}

/// `GET uploads/{object_id}`.
#[derive(Debug, Clone)]
pub struct GetUpload {
    /// Which one.
    pub object_id: ObjectId,
}

impl Endpoint for GetUpload {
    const METHOD: Method = Method::Get;
    const PATH: &'static str = "/api/v1/uploads/{object_id}";
    type Body = NoBody;
    type Response = UploadStatus;

    fn path(&self) -> String {
        format!("/api/v1/uploads/{}", self.object_id)
    }
    fn body(&self) -> &NoBody {
        &NoBody
    }
}

/// Answer of `GET uploads/{object_id}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UploadStatus {
    /// Where it stands.
    pub state: UploadState,
    /// Sealed bytes as announced, or as completed for a pipe.
    pub sealed_len: Option<u64>,
    /// Sealed bytes of every part but the last.
    pub part_len: u64,
    /// Why it was given up, if it was.
    pub reason: Option<AbortReason>,
}

/// `GET uploads/{object_id}/parts`: what the bucket lists (never what a client remembers).
#[derive(Debug, Clone)]
pub struct ListParts {
    /// Which upload.
    pub object_id: ObjectId,
    /// Parts with a larger number than this; 0 from the start.
    pub after: u32,
}

impl Endpoint for ListParts {
    const METHOD: Method = Method::Get;
    const PATH: &'static str = "/api/v1/uploads/{object_id}/parts";
    type Body = NoBody;
    type Response = PartList;

    fn path(&self) -> String {
        format!("/api/v1/uploads/{}/parts?after={}", self.object_id, self.after)
    }
    fn body(&self) -> &NoBody {
        &NoBody
    }
}

/// Answer of `GET uploads/{object_id}/parts`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PartList {
    /// In ascending order, at most 1,000.
    pub parts: Vec<StoredPart>,
    /// What to ask `after` for the next page; null at the end.
    pub next: Option<u32>,
}

/// A part as the bucket has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StoredPart {
    /// Its number, from 1.
    pub n: u32,
    /// Its bytes.
    pub len: u64,
    /// Its `ETag`, with the quotes.
    pub etag: String,
}

/// Body of `POST uploads/{object_id}/urls`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PartsToSign {
    /// At most 16.
    pub parts: Vec<PartToSign>,
}

/// A part that is about to be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PartToSign {
    /// Its number, from 1.
    pub n: u32,
    /// Its exact bytes; they are signed.
    pub len: u64,
}

/// `POST uploads/{object_id}/urls`: presigned PUTs for the next parts.
#[derive(Debug, Clone)]
pub struct SignParts {
    /// Which upload.
    pub object_id: ObjectId,
    /// The body.
    pub body: PartsToSign,
}

impl Endpoint for SignParts {
    const METHOD: Method = Method::Post;
    const PATH: &'static str = "/api/v1/uploads/{object_id}/urls";
    type Body = PartsToSign;
    type Response = PartUrls;

    fn path(&self) -> String {
        format!("/api/v1/uploads/{}/urls", self.object_id)
    }
    fn body(&self) -> &PartsToSign {
        &self.body
    }
}

/// Answer of `POST uploads/{object_id}/urls`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PartUrls {
    /// One for each part that was asked for, in that order.
    pub urls: Vec<PartUrl>,
}

/// A presigned PUT of one part.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PartUrl {
    /// The part's number.
    pub n: u32,
    /// Absolute, or starting with `/` on the embedded bucket: resolve it against the server's address.
    pub url: String,
    /// When it stops working.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub expires_at: OffsetDateTime,
}

impl std::fmt::Debug for PartUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "PartUrl {{ n: {}, url: (redacted), expires_at: {} }}",
            self.n, self.expires_at
        )
    }
}

/// Body of `POST uploads/{object_id}/complete`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PartsSent {
    /// Sealed bytes of the whole object.
    pub sealed_len: u64,
    /// Every part with the `ETag` of the attempt whose digest the client kept.
    pub parts: Vec<SentPart>,
}

/// A part as the client knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SentPart {
    /// Its number, from 1.
    pub n: u32,
    /// Its `ETag`, with the quotes.
    pub etag: String,
}

/// `POST uploads/{object_id}/complete`: put the parts together. 202 while that goes on (poll [`GetUpload`]), 200 when committed.
#[derive(Debug, Clone)]
pub struct CompleteUpload {
    /// Which upload.
    pub object_id: ObjectId,
    /// The body.
    pub body: PartsSent,
}

impl Endpoint for CompleteUpload {
    const METHOD: Method = Method::Post;
    const PATH: &'static str = "/api/v1/uploads/{object_id}/complete";
    type Body = PartsSent;
    type Response = UploadProgress;

    fn path(&self) -> String {
        format!("/api/v1/uploads/{}/complete", self.object_id)
    }
    fn body(&self) -> &PartsSent {
        &self.body
    }
}

/// Answer of `POST uploads/{object_id}/complete`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UploadProgress {
    /// Where it stands.
    pub state: UploadState,
}

/// `DELETE uploads/{object_id}`: abort it, or delete what is committed and in no link.
#[derive(Debug, Clone)]
pub struct DeleteUpload {
    /// Which one.
    pub object_id: ObjectId,
}

impl Endpoint for DeleteUpload {
    const METHOD: Method = Method::Delete;
    const PATH: &'static str = "/api/v1/uploads/{object_id}";
    type Body = NoBody;
    type Response = NoBody;

    fn path(&self) -> String {
        format!("/api/v1/uploads/{}", self.object_id)
    }
    fn body(&self) -> &NoBody {
        &NoBody
    }
}
