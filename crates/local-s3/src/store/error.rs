//! Why an operation of the store failed.

use std::io;

/// Error of an operation of the store.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StoreError {
    #[error("no object has this key")]
    NoSuchKey,
    #[error("no open upload has this id and key")]
    NoSuchUpload,
    #[error("part {0} is not there or has another ETag")]
    InvalidPart(i32),
    #[error("part numbers must rise")]
    InvalidPartOrder,
    #[error("part {0} is smaller than 5 MiB and not the last")]
    PartTooSmall(u16),
    #[error("the list of parts is empty")]
    NoParts,
    #[error("the condition of the request does not hold")]
    ConditionFailed,
    #[error(transparent)]
    Io(#[from] io::Error),
}
