//! Errors of the service: some are sent to the client as a [`Problem`], the others stay in the operator's log.

use std::{error::Error, fmt, time::Duration};

use sealdrop_api::{Problem, ProblemType};

/// Every failure of an operation of the service.
#[derive(Debug)]
pub enum ServiceError {
    /// Sent to the client: its request cannot be met, or not now.
    Problem(Box<Problem>),
    /// `link-busy`: every place that is left is leased, the next one for so long.
    Busy(Duration),
    /// `too-many-requests`: this client has used up what it may do, for so long.
    Later(Duration),
    /// Logged for the operator; the client sees only that the server failed or is unavailable.
    Internal(InternalError),
}

/// A fault of database, bucket or program. `Display` is for the log: it names no token, payload or URL.
#[derive(Debug)]
pub struct InternalError {
    /// What was being done.
    doing: &'static str,
    /// Whether the same request may succeed a little later.
    transient: bool,
    source: Box<dyn Error + Send + Sync>,
}

impl fmt::Display for InternalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.doing, self.source)?;
        let mut next = self.source.source();
        while let Some(cause) = next {
            write!(f, ": {cause}")?;
            next = cause.source();
        }
        Ok(())
    }
}

impl Error for InternalError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(self.source.as_ref())
    }
}

impl InternalError {
    /// Something that cannot be reached, or is overloaded.
    pub(crate) fn transient(doing: &'static str, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self {
            doing,
            transient: true,
            source: source.into(),
        }
    }

    /// Something that will be just as wrong the next time.
    pub(crate) fn lasting(doing: &'static str, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self {
            doing,
            transient: false,
            source: source.into(),
        }
    }
}

impl ServiceError {
    /// How long a client waits before it asks again when database or bucket are away.
    const COME_BACK_IN: Duration = Duration::from_secs(2);

    /// Whether the same request may succeed a little later, without anything changed in it.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Busy(_) | Self::Later(_) => true,
            Self::Problem(problem) => {
                matches!(
                    problem.kind,
                    ProblemType::Unavailable | ProblemType::TooManyRequests | ProblemType::LinkBusy
                )
            }
            Self::Internal(error) => error.transient,
        }
    }

    /// What the header `Retry-After` says: with 429 and 503, and with `link-busy` until when the next place is leased.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        let waits = match self {
            Self::Busy(wait) | Self::Later(wait) => return Some(*wait),
            Self::Problem(problem) => matches!(problem.kind, ProblemType::Unavailable | ProblemType::TooManyRequests),
            Self::Internal(error) => error.transient,
        };
        waits.then_some(Self::COME_BACK_IN)
    }

    /// The problem for the client. An internal error becomes a bare 503 or 500: log it before.
    #[must_use]
    pub fn into_problem(self) -> Problem {
        match self {
            Self::Problem(problem) => *problem,
            Self::Busy(_) => ProblemType::LinkBusy.into(),
            Self::Later(_) => ProblemType::TooManyRequests.into(),
            Self::Internal(InternalError { transient: true, .. }) => ProblemType::Unavailable.into(),
            Self::Internal(_) => ProblemType::Internal.into(),
        }
    }

    /// The problem's type, if it is one.
    #[must_use]
    pub fn problem_type(&self) -> Option<ProblemType> {
        match self {
            Self::Problem(problem) => Some(problem.kind),
            Self::Busy(_) => Some(ProblemType::LinkBusy),
            Self::Later(_) => Some(ProblemType::TooManyRequests),
            Self::Internal(_) => None,
        }
    }
}

impl fmt::Display for ServiceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Busy(_) => f.write_str(ProblemType::LinkBusy.slug()),
            Self::Later(_) => f.write_str(ProblemType::TooManyRequests.slug()),
            Self::Problem(problem) => write!(f, "{}", problem.kind.slug()),
            Self::Internal(error) => error.fmt(f),
        }
    }
}

impl Error for ServiceError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Problem(_) | Self::Busy(_) | Self::Later(_) => None,
            Self::Internal(error) => error.source(),
        }
    }
}

impl From<Problem> for ServiceError {
    fn from(problem: Problem) -> Self {
        Self::Problem(Box::new(problem))
    }
}

impl From<ProblemType> for ServiceError {
    fn from(kind: ProblemType) -> Self {
        Self::Problem(Box::new(kind.into()))
    }
}

impl From<InternalError> for ServiceError {
    fn from(error: InternalError) -> Self {
        Self::Internal(error)
    }
}

/// Why the service did not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// The database cannot be reached or opened.
    #[error("the database cannot be opened: {0}")]
    Database(#[source] Box<dyn Error + Send + Sync>),
    /// The database is there, its schema cannot be brought up to date.
    #[error("the database cannot be migrated: {0}")]
    Migration(#[source] Box<dyn Error + Send + Sync>),
    /// The bucket refuses the keys, or is not there and cannot be made.
    #[error("the bucket cannot be used: {0}")]
    Bucket(#[source] Box<dyn Error + Send + Sync>),
    /// The bucket is marked as that of another installation, which has this id.
    #[error(
        "the bucket belongs to another installation of Sealdrop ({0}), and two with a database each would delete each other's \
         uploads: give this one a bucket of its own, or the database that belongs to the bucket. If no other one uses it any \
         more, run `sealdrop-server take-bucket`"
    )]
    ForeignBucket(String),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_inside_stays_inside() {
        let error = ServiceError::from(InternalError::lasting("reading a row", "column `canary` is missing"));
        assert!(error.to_string().contains("canary"), "the log hears it");
        assert_eq!(
            error.into_problem(),
            Problem::new(ProblemType::Internal),
            "the client does not"
        );
    }

    #[test]
    fn who_may_come_back_is_told_when() {
        let away = ServiceError::from(InternalError::transient("asking the bucket", "connection refused"));
        assert!(away.is_retryable() && away.retry_after().is_some());
        assert_eq!(away.into_problem().kind, ProblemType::Unavailable);
        let gone = ServiceError::from(ProblemType::LinkExpired);
        assert!(!gone.is_retryable() && gone.retry_after().is_none());
    }
}
