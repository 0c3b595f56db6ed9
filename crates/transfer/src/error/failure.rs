//! Errors as the codes that a user interface tells apart.

use sealdrop_api::{Problem, ProblemType};
use sealdrop_model::{Failure, FailureKind};

use super::TransferError;

impl From<TransferError> for Failure {
    fn from(error: TransferError) -> Self {
        match error {
            TransferError::Problem { problem, retry_after } => of_problem(*problem, retry_after),
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
            TransferError::SourceChanged { file } => about(FailureKind::SourceChanged, file),
            TransferError::SourceUnreadable { file, .. } => about(FailureKind::SourceUnreadable, file),
            TransferError::DiskFull { file } => about(FailureKind::DiskFull, file),
            TransferError::SaveRefused { file, .. } => about(FailureKind::SaveRefused, file),
            TransferError::StartOver => Self::new(FailureKind::StartOver),
            TransferError::SaveInterrupted { file } => about(FailureKind::SaveInterrupted, file),
            TransferError::TooLargeForDevice { file, limit } => Self {
                limit: Some(limit),
                ..about(FailureKind::TooLargeForBrowser, file)
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
pub fn milliseconds(at: time::OffsetDateTime) -> f64 {
    (at.unix_timestamp_nanos() / 1_000_000) as f64
}

fn about(kind: FailureKind, file: String) -> Failure {
    Failure {
        file: Some(file),
        ..Failure::new(kind)
    }
}

fn of_problem(problem: Problem, retry_after: Option<core::time::Duration>) -> Failure {
    let kind = match problem.kind {
        ProblemType::LinkNotFound => FailureKind::LinkGone,
        ProblemType::LinkExpired => FailureKind::LinkExpired,
        ProblemType::LinkExhausted => FailureKind::LinkExhausted,
        ProblemType::LinkRevoked => FailureKind::LinkRevoked,
        ProblemType::LinkRemoved => FailureKind::LinkRemoved,
        ProblemType::LinkPaused => FailureKind::LinkPaused,
        ProblemType::LinkBusy => FailureKind::LinkBusy,
        ProblemType::LinkExists => FailureKind::LinkExists,
        ProblemType::TooLarge => FailureKind::TooLarge,
        ProblemType::GuestsOff => FailureKind::GuestsOff,
        ProblemType::QuotaExceeded => FailureKind::QuotaExceeded,
        ProblemType::StorageFull => FailureKind::StorageFull,
        ProblemType::Unavailable | ProblemType::TooManyRequests | ProblemType::Internal => FailureKind::ServerAway,
        _ => FailureKind::Other,
    };
    Failure {
        problem: Some(problem.kind),
        detail: problem.detail,
        ended_at_ms: problem.ended_at.map(milliseconds),
        revivable_until_ms: problem.revivable_until.map(milliseconds),
        limit: problem.limit,
        used: problem.used,
        limit_kind: problem.limit_kind,
        free_in: retry_after
            .filter(|_| kind == FailureKind::LinkBusy)
            .map(|wait| wait.as_secs()),
        ..Failure::new(kind)
    }
}
