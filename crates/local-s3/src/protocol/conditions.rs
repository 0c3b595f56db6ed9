//! Conditions of requests (RFC 9110 section 13), for reading and for writing.

use http::{HeaderMap, HeaderValue, StatusCode, header};
use s3s::{
    S3Error, S3ErrorCode, S3Result,
    dto::{ETag, ETagCondition, Timestamp},
    s3_error,
};
use time::OffsetDateTime;

use crate::store::{StoredObject, WriteCondition};

/// The conditions of GetObject and HeadObject.
pub(super) struct ReadConditions {
    pub(super) if_match: Option<ETagCondition>,
    pub(super) if_none_match: Option<ETagCondition>,
    pub(super) if_modified_since: Option<Timestamp>,
    pub(super) if_unmodified_since: Option<Timestamp>,
}

impl ReadConditions {
    /// In the order of RFC 9110 section 13.2.2: an ETag outweighs a date.
    pub(super) fn check(self, object: &StoredObject) -> S3Result<()> {
        let etag = ETag::Strong(object.etag.clone());
        // HTTP dates know no parts of a second.
        let modified = modified(object).unix_timestamp();
        let seconds = |timestamp: Timestamp| OffsetDateTime::from(timestamp).unix_timestamp();
        let holds = match (self.if_match, self.if_unmodified_since) {
            (Some(ETagCondition::ETag(wanted)), _) => wanted.strong_cmp(&etag),
            (Some(ETagCondition::Any), _) | (None, None) => true,
            (None, Some(since)) => modified <= seconds(since),
        };
        if !holds {
            return Err(s3_error!(
                PreconditionFailed,
                "The object is another one than the request expects."
            ));
        }
        let unchanged = match (self.if_none_match, self.if_modified_since) {
            (Some(ETagCondition::ETag(known)), _) => known.weak_cmp(&etag),
            (Some(ETagCondition::Any), _) => true,
            (None, Some(since)) => modified <= seconds(since),
            (None, None) => false,
        };
        if unchanged { Err(not_modified(&etag)) } else { Ok(()) }
    }
}

fn not_modified(etag: &ETag) -> S3Error {
    let mut error = S3Error::new(S3ErrorCode::NotModified);
    error.set_status_code(StatusCode::NOT_MODIFIED);
    let mut headers = HeaderMap::new();
    if let Ok(value) = etag.to_http_header() {
        headers.insert(header::ETAG, value);
    }
    error.set_headers(headers);
    error
}

/// 416, with the length that the client seems not to know.
pub(super) fn range_refused(size: u64) -> S3Error {
    let mut error = s3_error!(InvalidRange, "The range lies outside of the object.");
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/xml"));
    if let Ok(value) = HeaderValue::try_from(format!("bytes */{size}")) {
        headers.insert(header::CONTENT_RANGE, value);
    }
    error.set_headers(headers);
    error
}

/// The conditions of a write; S3 knows `If-None-Match: *` and `If-Match`.
pub(super) fn write_condition(
    if_match: Option<ETagCondition>,
    if_none_match: Option<ETagCondition>,
) -> S3Result<WriteCondition> {
    match (if_match, if_none_match) {
        (None, None) => Ok(WriteCondition::None),
        (None, Some(ETagCondition::Any)) => Ok(WriteCondition::Absent),
        (Some(ETagCondition::Any), None) => Ok(WriteCondition::Present),
        (Some(ETagCondition::ETag(ETag::Strong(etag))), None) => Ok(WriteCondition::Etag(etag)),
        _ => Err(s3_error!(
            NotImplemented,
            "A write knows If-None-Match: * or If-Match with one strong ETag."
        )),
    }
}

pub(super) fn modified(object: &StoredObject) -> OffsetDateTime {
    instant(object.modified_ms)
}

pub(super) fn instant(ms: u64) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(ms) * 1_000_000).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}
