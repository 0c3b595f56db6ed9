//! What goes wrong in the store, in the words of S3.

use std::io;

use http::StatusCode;
use s3s::{S3Error, S3ErrorCode, s3_error};
use tokio::task::JoinError;

use crate::store::StoreError;

impl From<StoreError> for S3Error {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NoSuchKey => s3_error!(NoSuchKey, "There is no object with this key."),
            StoreError::NoSuchUpload => {
                s3_error!(
                    NoSuchUpload,
                    "There is no such upload: it was completed, aborted, or never began."
                )
            }
            StoreError::InvalidPart(n) => {
                s3_error!(InvalidPart, "Part {n} was not uploaded, or its ETag is another one.")
            }
            StoreError::InvalidPartOrder => s3_error!(InvalidPartOrder, "The numbers of the parts must rise."),
            StoreError::PartTooSmall(n) => {
                s3_error!(EntityTooSmall, "Part {n} is smaller than 5 MiB and is not the last.")
            }
            StoreError::NoParts => s3_error!(MalformedXML, "The list of parts is empty."),
            StoreError::ConditionFailed => s3_error!(PreconditionFailed, "A condition of the request does not hold."),
            StoreError::Io(error) => disk_failed(error),
        }
    }
}

/// A full disk is its own answer: the client can say so, and must not retry as after a passing failure.
pub(super) fn disk_failed(error: io::Error) -> S3Error {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
            tracing::error!(%error, "the disk of the bucket is full");
            disk_full()
        }
        _ => {
            tracing::error!(%error, "the disk of the bucket failed");
            S3Error::with_source(S3ErrorCode::InternalError, Box::new(error))
        }
    }
}

pub(super) fn disk_full() -> S3Error {
    let mut full = S3Error::with_message(
        S3ErrorCode::Custom("InsufficientStorage".into()),
        "The disk of this server is full; nothing was stored.",
    );
    full.set_status_code(StatusCode::INSUFFICIENT_STORAGE);
    full
}

pub(super) fn interrupted(error: JoinError) -> S3Error {
    tracing::error!(%error, "work on the disk was interrupted");
    S3Error::with_source(S3ErrorCode::InternalError, Box::new(error))
}

/// The errors of the body streams of `s3s` are private types; their names are all there is to tell them apart by.
pub(super) fn body_failed(error: s3s::StdError) -> S3Error {
    let text = error.to_string();
    if text.contains("Sha256Mismatch") {
        let mut error = S3Error::with_message(
            S3ErrorCode::Custom("XAmzContentSHA256Mismatch".into()),
            "The body does not have the SHA-256 that the request was signed with.",
        );
        error.set_status_code(StatusCode::BAD_REQUEST);
        error
    } else if text.contains("SignatureMismatch") {
        s3_error!(
            SignatureDoesNotMatch,
            "A piece of the body does not have the signature it came with."
        )
    } else {
        S3Error::with_source(S3ErrorCode::IncompleteBody, error)
    }
}
