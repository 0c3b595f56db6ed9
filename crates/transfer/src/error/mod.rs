//! The error of this crate: what happened, and whether trying again can help. User interfaces have the sentences.

pub(crate) mod failure;

use core::time::Duration;

use sealdrop_api::{Problem, ProblemType};
use sealdrop_model::LinkFault;
pub(crate) use sealdrop_model::{DeviceFault, InvalidInput};

use crate::item::ListFault;

/// What can go wrong while sending or receiving. Neither `Debug` nor `Display` shows a secret or an address.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum TransferError {
    /// The server refused, and said why.
    #[error("{problem}")]
    Problem {
        /// The problem as the server sent it.
        problem: Box<Problem>,
        /// `Retry-After`, if the server sent it.
        retry_after: Option<Duration>,
    },
    /// The server answered with something other than this API.
    #[error("the server answered with status {status} and nothing that can be read")]
    Status {
        /// HTTP status.
        status: u16,
        /// `Retry-After`, if the server sent it.
        retry_after: Option<Duration>,
    },
    /// The server redirects: it has another address, or a proxy in front of it asks for a login first.
    #[error("the server redirects to another address")]
    Redirected {
        /// Scheme, host and port of that address.
        to: String,
    },
    /// No answer: no network, refused, reset, timed out, cut in the middle.
    #[error("the server cannot be reached")]
    Unreachable,
    /// The bucket refused. 403 is how an expired address looks.
    #[error("the storage answered with status {status}")]
    Bucket {
        /// HTTP status.
        status: u16,
        /// The `Code` of an S3 error, such as `AccessDenied`.
        code: Option<String>,
    },
    /// The server answers and its storage does not: blocked on the way, or kept from a page by the storage's own rules.
    #[error("the storage cannot be reached, though the server answers")]
    StorageUnreachable,
    /// The server named an address for its storage that is not trusted: a private one although the server is public, another
    /// one than before, or one without encryption.
    #[error("the server named a storage that is not asked")]
    AddressRefused {
        /// The host, or the text in its place.
        host: String,
        /// Reason.
        why: String,
    },
    /// The bucket took a part and its `ETag` cannot be read: its CORS rules lack `ExposeHeaders: ETag`.
    #[error("the storage does not show the ETag of what it stores")]
    EtagHidden,
    /// A password was given or needed, and the server knows no such link with it.
    #[error("the password does not open this link")]
    WrongPassword,
    /// The text is not a link.
    #[error(transparent)]
    Link(#[from] LinkFault),
    /// Something sealed does not open, or is not what the list says: altered, swapped or cut off.
    #[error("what arrived is not what was sealed")]
    NotWhatWasSealed,
    /// The sealed list breaks a rule of the format. The argument names the rule.
    #[error("the list of files breaks a rule: {0}")]
    ListRefused(&'static str),
    /// Made by a newer version of Sealdrop.
    #[error("made by a newer version of Sealdrop")]
    NewerVersion,
    /// A file changed while it was being sent.
    #[error("{file} changed while it was being sent")]
    SourceChanged {
        /// Its path.
        file: String,
    },
    /// A file cannot be read.
    #[error("{file} cannot be read: {why}")]
    SourceUnreadable {
        /// Its path.
        file: String,
        /// Message of the system.
        why: String,
    },
    /// Nothing to send, more than a link can hold, or a file that is not in the link.
    #[error("invalid input: {0:?}")]
    InvalidInput(InvalidInput),
    /// The disk has no space left for a file.
    #[error("there is no room for {file}")]
    DiskFull {
        /// Its path.
        file: String,
    },
    /// A file cannot be saved.
    #[error("{file} cannot be saved: {why}")]
    SaveRefused {
        /// Its path.
        file: String,
        /// Why.
        why: String,
    },
    /// The service worker or the browser stopped while it saved a file. Another try may work.
    #[error("the saving of {file} was interrupted")]
    SaveInterrupted {
        /// Its path.
        file: String,
    },
    /// A file that is larger than this device can save.
    #[error("{file} is larger than this device can save")]
    TooLargeForDevice {
        /// Its path.
        file: String,
        /// Bytes that it can save at most.
        limit: u64,
    },
    /// What an earlier run saved does not match the link: it must not be used.
    #[error("the unfinished download belongs to a different version of this link")]
    StartOver,
    /// The user cancelled.
    #[error("stopped")]
    Cancelled,
    /// The unfinished upload is open in another tab, or is no longer there.
    #[error("the unfinished upload is in use or gone")]
    UploadInUse,
    /// This device failed.
    #[error("this device failed: {fault:?}, {detail}")]
    Device {
        /// What failed.
        fault: DeviceFault,
        /// What the system said, or which part of the program noticed it; empty if there is nothing to say.
        detail: String,
    },
}

/// Whether and how to try again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retry {
    /// Trying again does not help.
    Never,
    /// Try again after a growing wait with jitter, at least as long as the server asked.
    Later(Option<Duration>),
    /// Try again with a new address, once in a row.
    Resign,
}

impl TransferError {
    /// A failure of this device.
    #[must_use]
    pub fn device(fault: DeviceFault, detail: impl Into<String>) -> Self {
        Self::Device {
            fault,
            detail: detail.into(),
        }
    }

    /// Whether trying the same again can help.
    #[must_use]
    pub fn retry(&self) -> Retry {
        match self {
            Self::Unreachable => Retry::Later(None),
            Self::Problem { problem, retry_after } => match problem.kind {
                ProblemType::TooManyRequests | ProblemType::Unavailable | ProblemType::Internal => {
                    Retry::Later(*retry_after)
                }
                _ => Retry::Never,
            },
            Self::Status { status, retry_after } if is_transient(*status) => Retry::Later(*retry_after),
            Self::Bucket { status: 403, .. } => Retry::Resign,
            Self::Bucket { code: Some(code), .. } if code == "BadDigest" || code == "RequestTimeout" => {
                Retry::Later(None)
            }
            Self::Bucket { status, .. } if is_transient(*status) => Retry::Later(None),
            _ => Retry::Never,
        }
    }

    /// The problem's type, if the server named one.
    #[must_use]
    pub fn problem(&self) -> Option<ProblemType> {
        match self {
            Self::Problem { problem, .. } => Some(problem.kind),
            _ => None,
        }
    }
}

impl From<Problem> for TransferError {
    fn from(problem: Problem) -> Self {
        Self::Problem {
            problem: Box::new(problem),
            retry_after: None,
        }
    }
}

impl From<sealdrop_crypto::Error> for TransferError {
    fn from(error: sealdrop_crypto::Error) -> Self {
        match error {
            sealdrop_crypto::Error::Sealed => Self::NotWhatWasSealed,
            sealdrop_crypto::Error::NewerVersion => Self::NewerVersion,
            sealdrop_crypto::Error::PasswordLength => InvalidInput::PasswordSize.into(),
            sealdrop_crypto::Error::TooLarge => InvalidInput::LinkSize.into(),
            sealdrop_crypto::Error::Random => Self::device(DeviceFault::Random, ""),
            other => Self::device(DeviceFault::Cipher, other.to_string()),
        }
    }
}

impl From<InvalidInput> for TransferError {
    fn from(input: InvalidInput) -> Self {
        Self::InvalidInput(input)
    }
}

impl From<ListFault> for TransferError {
    fn from(fault: ListFault) -> Self {
        match fault {
            ListFault::NewerVersion => Self::NewerVersion,
            ListFault::Refused(why) => Self::ListRefused(why),
        }
    }
}

/// Statuses that pass: timeouts, too many requests, servers that are down or overloaded.
const fn is_transient(status: u16) -> bool {
    matches!(status, 408 | 429 | 500 | 502..=599)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_passes_is_tried_again() {
        // 52x is what a proxy in front says of a server that is away.
        for status in [408, 429, 500, 502, 503, 504, 520, 522, 530] {
            assert_eq!(TransferError::Bucket { status, code: None }.retry(), Retry::Later(None));
        }
        for status in [400, 404, 409, 412, 416, 501] {
            assert_eq!(TransferError::Bucket { status, code: None }.retry(), Retry::Never);
        }
        assert_eq!(
            TransferError::Bucket {
                status: 403,
                code: None
            }
            .retry(),
            Retry::Resign
        );
        let soon = Some(Duration::from_secs(7));
        let busy = TransferError::Problem {
            problem: Box::new(ProblemType::Unavailable.into()),
            retry_after: soon,
        };
        assert_eq!(busy.retry(), Retry::Later(soon));
        assert_eq!(
            TransferError::from(Problem::new(ProblemType::LinkRevoked)).retry(),
            Retry::Never
        );
    }
}
