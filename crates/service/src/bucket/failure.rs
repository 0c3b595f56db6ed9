//! What the bucket says when it refuses, sorted by what can be done about it.

use std::error::Error;

use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};

use crate::{
    error::{InternalError, ServiceError},
    metrics::count::count_bucket_error,
};

/// Why a call to the bucket failed. The texts are for the log and hold no URL.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BucketError {
    /// The multipart upload is not there: completed, aborted, or never begun.
    #[error("no such multipart upload")]
    NoSuchUpload,
    /// The object is not there; of a call about the bucket itself, the bucket.
    #[error("not there")]
    Missing,
    /// The bucket is there already.
    #[error("there already")]
    Exists,
    /// Complete named a part that the bucket holds differently or not at all.
    #[error("a part is missing or was replaced")]
    InvalidPart,
    /// The bucket's clock and ours are more than 15 minutes apart.
    #[error("the clocks of server and bucket are too far apart")]
    Skewed,
    /// It cannot be reached, is overloaded or failed.
    #[error("the bucket cannot be used right now: {0}")]
    Away(String),
    /// It refuses.
    #[error("the bucket refuses: {0}")]
    Refused(String),
}

impl BucketError {
    /// Whether the same call may succeed a little later.
    pub(crate) fn is_transient(&self) -> bool {
        matches!(self, Self::Away(_) | Self::Skewed)
    }

    /// Its kind, as the metrics name it.
    fn kind(&self) -> &'static str {
        match self {
            Self::NoSuchUpload => "no_such_upload",
            Self::Missing => "missing",
            Self::Exists => "exists",
            Self::InvalidPart => "invalid_part",
            Self::Skewed => "skewed",
            Self::Away(_) => "away",
            Self::Refused(_) => "refused",
        }
    }

    /// As an internal error of what was being done.
    pub(crate) fn while_doing(self, doing: &'static str) -> InternalError {
        if self.is_transient() {
            InternalError::transient(doing, self)
        } else {
            InternalError::lasting(doing, self)
        }
    }
}

impl From<BucketError> for ServiceError {
    fn from(error: BucketError) -> Self {
        error.while_doing("asking the bucket").into()
    }
}

impl<E> From<SdkError<E>> for BucketError
where
    E: ProvideErrorMetadata + Error + Send + Sync + 'static,
{
    fn from(error: SdkError<E>) -> Self {
        let error = sorted(&error);
        count_bucket_error(error.kind());
        error
    }
}

fn sorted<E>(error: &SdkError<E>) -> BucketError
where
    E: ProvideErrorMetadata + Error + Send + Sync + 'static,
{
    let status = error.raw_response().map(|response| response.status().as_u16());
    let code = error.code().map(str::to_owned);
    let Some(status) = status else {
        return match error {
            SdkError::ConstructionFailure(_) => BucketError::Refused(reasons(error)),
            _ => BucketError::Away(reasons(error)),
        };
    };
    let said = format!(
        "{status} {}: {}",
        code.as_deref().unwrap_or("-"),
        error.message().unwrap_or("-")
    );
    match code.as_deref() {
        Some("NoSuchUpload") => BucketError::NoSuchUpload,
        Some("NoSuchKey" | "NotFound") => BucketError::Missing,
        // A wrong name, or a disk that is not mounted: nothing that was in it has been deleted by that.
        Some("NoSuchBucket") => BucketError::Away(said),
        Some("BucketAlreadyOwnedByYou" | "BucketAlreadyExists") => BucketError::Exists,
        Some("InvalidPart" | "InvalidPartOrder") => BucketError::InvalidPart,
        Some("RequestTimeTooSkewed") => BucketError::Skewed,
        Some("SlowDown" | "InternalError" | "ServiceUnavailable" | "RequestTimeout") => BucketError::Away(said),
        _ if status == 404 => BucketError::Missing,
        _ if status >= 500 || status == 429 || status == 408 => BucketError::Away(said),
        _ => BucketError::Refused(said),
    }
}

/// The chain of causes of a call that got no answer.
fn reasons(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        next = cause.source();
    }
    text
}
