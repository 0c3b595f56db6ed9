//! What a case of the negative corpus must end with.

/// How a case must end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Accepted,
    Newer,
    Refused,
    RootRefuses,
}
