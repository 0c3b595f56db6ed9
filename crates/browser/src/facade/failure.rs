//! Failures as codes for the user interface, which has the sentences.

use sealdrop_api::{LimitKind, Problem, ProblemType};
use sealdrop_transfer::{DeviceFault, InvalidInput, TransferError};

use crate::split::NotLoaded;

/// What went wrong with a transfer or a request.
#[derive(Debug, Clone, PartialEq)]
pub struct Failure {
    /// What it is.
    pub kind: FailureKind,
    /// What the server said, if it was the server.
    pub problem: Option<ProblemType>,
    /// What the server or the browser said, in its own words: safe to show.
    pub detail: Option<String>,
    /// The file it is about.
    pub file: Option<String>,
    /// When the link ended, in milliseconds since 1970 UTC.
    pub ended_at_ms: Option<f64>,
    /// Of a link whose downloads are used: until when its sender may allow more. Nothing when the files are deleted.
    pub revivable_until_ms: Option<f64>,
    /// The limit that was passed, in the unit of its kind, or in bytes.
    pub limit: Option<u64>,
    /// Of `TooLarge`: which limit was passed.
    pub limit_kind: Option<LimitKind>,
    /// Of `RefusedOnTheWay`: the status that it came with.
    pub status: Option<u16>,
    /// Of `LinkBusy`: seconds until the first place is free, unless its download resumes.
    pub free_in: Option<u64>,
}

/// The kinds of failure that a person can tell apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FailureKind {
    /// There is nothing at the link for this password: the password is wrong, or the link is gone.
    WrongPassword,
    /// There is nothing at the link.
    LinkGone,
    /// The link's time is over.
    LinkExpired,
    /// The link's downloads are used.
    LinkExhausted,
    /// The sender closed the link.
    LinkRevoked,
    /// Every download that is left is in use right now.
    LinkBusy,
    /// Over the server's limit, which `limit` gives in sealed bytes.
    TooLarge,
    /// This server takes nothing from people without an account.
    GuestsOff,
    /// The server has no room.
    StorageFull,
    /// What arrived is not what was sealed: altered, cut or swapped.
    NotWhatWasSealed,
    /// A file changed while it was being sent.
    SourceChanged,
    /// A file cannot be read any more.
    SourceUnreadable,
    /// The storage hides the `ETag`s of what it stores: a CORS rule is missing.
    EtagHidden,
    /// The device has no room.
    DiskFull,
    /// The browser did not take the file: its download was refused, cancelled or interrupted.
    SaveRefused,
    /// The browser stopped in the middle what passes the file on to it.
    SaveInterrupted,
    /// What an earlier page left cannot be gone on with: it must begin anew.
    StartOver,
    /// Too large for this browser, which cannot stream downloads; `limit` says what it can save.
    TooLargeForBrowser,
    /// Something between browser and server, such as a proxy, refuses; `status` says how.
    RefusedOnTheWay,
    /// The storage refuses what was signed for this address: the page is open at another than the server's own.
    WrongAddress,
    /// The server answers and its storage does not: blocked on the way, or its rules keep this page out.
    StorageUnreachable,
    /// Server or network away, for longer than waiting makes sense.
    ServerAway,
    /// Made by a newer version of this program.
    NewerVersion,
    /// This browser cannot do it.
    Unsupported,
    /// A link was made of these files before, and was never shown.
    LinkExists,
    /// The unfinished upload is open in another tab, or is no longer there.
    UploadInUse,
    /// What was asked for cannot be done.
    InvalidInput(InvalidInput),
    /// This device failed; `detail` may say more.
    Device(DeviceFault),
    /// Anything else; `detail` may say more.
    Other,
}

impl Failure {
    /// A failure with nothing but its kind.
    pub(crate) const fn new(kind: FailureKind) -> Self {
        Self {
            kind,
            problem: None,
            detail: None,
            file: None,
            ended_at_ms: None,
            revivable_until_ms: None,
            limit: None,
            limit_kind: None,
            status: None,
            free_in: None,
        }
    }

    fn about(kind: FailureKind, file: String) -> Self {
        Self {
            file: Some(file),
            ..Self::new(kind)
        }
    }

    fn of_problem(problem: Problem, retry_after: Option<core::time::Duration>) -> Self {
        let kind = match problem.kind {
            ProblemType::LinkNotFound => FailureKind::LinkGone,
            ProblemType::LinkExpired => FailureKind::LinkExpired,
            ProblemType::LinkExhausted => FailureKind::LinkExhausted,
            ProblemType::LinkRevoked => FailureKind::LinkRevoked,
            ProblemType::LinkBusy => FailureKind::LinkBusy,
            ProblemType::LinkExists => FailureKind::LinkExists,
            ProblemType::TooLarge => FailureKind::TooLarge,
            ProblemType::GuestsOff => FailureKind::GuestsOff,
            ProblemType::StorageFull => FailureKind::StorageFull,
            ProblemType::Unavailable | ProblemType::TooManyRequests | ProblemType::Internal => FailureKind::ServerAway,
            _ => FailureKind::Other,
        };
        Self {
            problem: Some(problem.kind),
            detail: problem.detail,
            ended_at_ms: problem.ended_at.map(milliseconds),
            revivable_until_ms: problem.revivable_until.map(milliseconds),
            limit: problem.limit,
            limit_kind: problem.limit_kind,
            free_in: retry_after
                .filter(|_| kind == FailureKind::LinkBusy)
                .map(|wait| wait.as_secs()),
            ..Self::new(kind)
        }
    }
}

impl From<NotLoaded> for Failure {
    fn from(_: NotLoaded) -> Self {
        Self::new(FailureKind::ServerAway)
    }
}

impl From<TransferError> for Failure {
    fn from(error: TransferError) -> Self {
        match error {
            TransferError::Problem { problem, retry_after } => Self::of_problem(*problem, retry_after),
            // Neither the server nor its storage wrote it: both say why.
            TransferError::Bucket { status, code: None } | TransferError::Status { status, .. }
                if is_refusal(status) =>
            {
                Self {
                    status: Some(status),
                    ..Self::new(FailureKind::RefusedOnTheWay)
                }
            }
            TransferError::Bucket { code: Some(code), .. } if code == "SignatureDoesNotMatch" => {
                Self::new(FailureKind::WrongAddress)
            }
            TransferError::StorageUnreachable => Self::new(FailureKind::StorageUnreachable),
            TransferError::Unreachable | TransferError::Status { .. } | TransferError::Bucket { .. } => {
                Self::new(FailureKind::ServerAway)
            }
            TransferError::WrongPassword => Self::new(FailureKind::WrongPassword),
            TransferError::NotWhatWasSealed | TransferError::ListRefused(_) => Self::new(FailureKind::NotWhatWasSealed),
            TransferError::NewerVersion => Self::new(FailureKind::NewerVersion),
            TransferError::EtagHidden => Self::new(FailureKind::EtagHidden),
            TransferError::SourceChanged { file } => Self::about(FailureKind::SourceChanged, file),
            TransferError::SourceUnreadable { file, .. } => Self::about(FailureKind::SourceUnreadable, file),
            TransferError::DiskFull { file } => Self::about(FailureKind::DiskFull, file),
            TransferError::SaveRefused { file, .. } => Self::about(FailureKind::SaveRefused, file),
            TransferError::StartOver => Self::new(FailureKind::StartOver),
            TransferError::SaveInterrupted { file } => Self::about(FailureKind::SaveInterrupted, file),
            TransferError::TooLargeForDevice { file, limit } => Self {
                limit: Some(limit),
                ..Self::about(FailureKind::TooLargeForBrowser, file)
            },
            TransferError::UploadInUse => Self::new(FailureKind::UploadInUse),
            TransferError::InvalidInput(input) => Self::new(FailureKind::InvalidInput(input)),
            TransferError::Device { fault, detail } => Self {
                detail: Some(detail).filter(|detail| !detail.is_empty()),
                ..Self::new(FailureKind::Device(fault))
            },
            _ => Self::new(FailureKind::Other),
        }
    }
}

const fn is_refusal(status: u16) -> bool {
    matches!(status, 400..=499) && !matches!(status, 408 | 429)
}

/// Milliseconds since 1970 UTC.
pub(crate) fn milliseconds(at: time::OffsetDateTime) -> f64 {
    (at.unix_timestamp_nanos() / 1_000_000) as f64
}
