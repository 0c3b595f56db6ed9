//! What goes wrong inside a worker, on its way to the page.

use sealdrop_crypto::Error;
use sealdrop_transfer::{DeviceFault, TransferError};

use crate::worker::messages::WorkerResponse;

/// What goes wrong inside a worker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum WorkerError {
    /// The job was cancelled.
    Aborted,
    /// No answer, or a cut one.
    Unreachable,
    /// The storage refused.
    Bucket { status: u16, code: Option<String> },
    /// The storage does not show its `ETag`.
    EtagHidden,
    /// A slice cannot be read: its file changed since it was picked.
    Changed { slice: u32 },
    /// A slice cannot be read: its file is gone or forbidden.
    Unreadable { slice: u32, why: String },
    /// Something sealed does not open.
    Sealed,
    /// Made by a newer version.
    NewerVersion,
    /// A password of a length that is not allowed.
    PasswordLength,
    /// This device failed: what, and what the browser said of it.
    Device { fault: DeviceFault, detail: String },
}

impl From<Error> for WorkerError {
    fn from(error: Error) -> Self {
        match error {
            Error::Sealed => Self::Sealed,
            Error::NewerVersion => Self::NewerVersion,
            Error::PasswordLength => Self::PasswordLength,
            other => Self::internal(other.to_string()),
        }
    }
}

impl WorkerError {
    /// A call of the browser failed, or page and worker disagree; `detail` names the place.
    pub(super) fn internal(detail: impl Into<String>) -> Self {
        Self::Device {
            fault: DeviceFault::Internal,
            detail: detail.into(),
        }
    }

    /// A worker did not start or has ended.
    pub(super) fn worker(detail: String) -> Self {
        Self::Device {
            fault: DeviceFault::Worker,
            detail,
        }
    }

    /// An error answer of a bucket, with the `Code` of its S3 error body.
    pub(super) fn from_bucket(status: u16, body: &str) -> Self {
        let code = body
            .split_once("<Code>")
            .and_then(|(_, rest)| rest.split_once("</Code>"))
            .map(|(code, _)| code)
            .filter(|code| code.len() <= 64 && code.bytes().all(|byte| byte.is_ascii_alphanumeric()))
            .map(str::to_owned);
        Self::Bucket { status, code }
    }

    /// Writes it into a message.
    pub(crate) fn write(&self, response: &WorkerResponse) {
        response.set_error(match self {
            Self::Aborted => "aborted",
            Self::Unreachable => "unreachable",
            Self::Bucket { .. } => "bucket",
            Self::EtagHidden => "etag-hidden",
            Self::Changed { .. } => "changed",
            Self::Unreadable { .. } => "unreadable",
            Self::Sealed => "sealed",
            Self::NewerVersion => "newer-version",
            Self::PasswordLength => "password-length",
            Self::Device { .. } => "device",
        });
        match self {
            Self::Bucket { status, code } => {
                response.set_status(*status);
                if let Some(code) = code {
                    response.set_text(code);
                }
            }
            Self::Changed { slice } => response.set_slice(*slice),
            Self::Unreadable { slice, why } => {
                response.set_slice(*slice);
                response.set_text(why);
            }
            Self::Device { detail, .. } => response.set_text(detail),
            _ => {}
        }
    }

    /// Reads it from a message.
    pub(crate) fn read(response: &WorkerResponse) -> Self {
        match response.error().as_str() {
            "aborted" => Self::Aborted,
            "unreachable" => Self::Unreachable,
            "bucket" => Self::Bucket {
                status: response.status(),
                code: response.text(),
            },
            "etag-hidden" => Self::EtagHidden,
            "changed" => Self::Changed {
                slice: response.slice(),
            },
            "unreadable" => Self::Unreadable {
                slice: response.slice(),
                why: response.text().unwrap_or_default(),
            },
            "sealed" => Self::Sealed,
            "newer-version" => Self::NewerVersion,
            "password-length" => Self::PasswordLength,
            _ => Self::internal(response.text().unwrap_or_default()),
        }
    }

    /// The engine's name for it. `file_of` tells the path of the file that a slice is of.
    pub(crate) fn into_transfer(self, file_of: impl Fn(u32) -> String) -> TransferError {
        match self {
            Self::Aborted => TransferError::Cancelled,
            Self::Unreachable => TransferError::Unreachable,
            Self::Bucket { status, code } => TransferError::Bucket { status, code },
            Self::EtagHidden => TransferError::EtagHidden,
            Self::Changed { slice } => TransferError::SourceChanged { file: file_of(slice) },
            Self::Unreadable { slice, why } => TransferError::SourceUnreadable {
                file: file_of(slice),
                why,
            },
            Self::Sealed => TransferError::NotWhatWasSealed,
            Self::NewerVersion => TransferError::NewerVersion,
            Self::PasswordLength => Error::PasswordLength.into(),
            Self::Device { fault, detail } => TransferError::Device { fault, detail },
        }
    }
}
