//! A refusal, for the user interface, which has the words.

use sealdrop_api::ProblemType;
use sealdrop_transfer::TransferError;

/// Why a request was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// What the server said; nothing where it could not be asked.
    pub problem: Option<ProblemType>,
    /// Of a wrong code: how many more may be typed.
    pub tries_left: Option<u32>,
}

impl Refused {
    /// Of what the server would call malformed, and was not asked about.
    pub(super) const fn unasked() -> Self {
        Self {
            problem: Some(ProblemType::InvalidRequest),
            tries_left: None,
        }
    }
}

impl From<TransferError> for Refused {
    fn from(error: TransferError) -> Self {
        match error {
            TransferError::Problem { problem, .. } => Self {
                problem: Some(problem.kind),
                tries_left: problem.tries_left,
            },
            _ => Self {
                problem: None,
                tries_left: None,
            },
        }
    }
}
