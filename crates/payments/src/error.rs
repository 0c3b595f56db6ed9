//! Why a provider did not do what it was asked for.

use std::time::Duration;

/// Characters of a provider's sentence that are kept.
const MAX_DESCRIPTION: usize = 300;

/// Why a request failed. Holds no key, no signature and nothing that a payer typed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PaymentError {
    /// The provider says no, and will again.
    #[error("refused: {}", .0.said())]
    Refused(Refusal),
    /// It has no such thing, or not with this key.
    #[error("not found: {}", .0.said())]
    NotFound(Refusal),
    /// A link with this reference exists, with another amount.
    #[error("a link with this reference exists, with another amount")]
    ReferenceExists,
    /// The link is not open any more: perhaps it was paid meanwhile.
    #[error("the link cannot be cancelled: {}", .0.said())]
    LinkNotCancellable(Refusal),
    /// A refund is more than our balance at the provider: asked again another day, it is done.
    #[error("not refunded yet, the balance at the provider may be too low: {}", .0.said())]
    BalanceTooLow(Refusal),
    /// The key is not one of the provider's: nothing works until the operator sets another.
    #[error("the provider does not know the key or its secret")]
    WrongKeys,
    /// Too many requests.
    #[error("the provider asks to wait")]
    RateLimited {
        /// From now, if it said.
        retry_after: Option<Duration>,
    },
    /// No connection, or an answer that says that the provider has trouble. It may have done what was asked for.
    #[error("the provider is away{}", .status.map(|status| format!(" ({status})")).unwrap_or_default())]
    Away {
        /// Of the answer, if there was one.
        status: Option<u16>,
    },
    /// No answer in time. It may have done what was asked for.
    #[error("the provider did not answer in time")]
    TimedOut,
    /// An answer that is too long or not what the provider documents. It may have done what was asked for.
    #[error("the provider's answer cannot be read: {0}")]
    Unreadable(&'static str),
    /// Not sent, because it would be refused.
    #[error("not asked for: {0}")]
    Invalid(&'static str),
}

impl PaymentError {
    /// Whether the same request may succeed later. What failed in this way may have been done all the same: the request is repeated
    /// with the same reference or key, or the result is looked up.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::BalanceTooLow(_)
            | Self::WrongKeys
            | Self::RateLimited { .. }
            | Self::Away { .. }
            | Self::TimedOut
            | Self::Unreadable(_) => true,
            Self::Refused(_)
            | Self::NotFound(_)
            | Self::ReferenceExists
            | Self::LinkNotCancellable(_)
            | Self::Invalid(_) => false,
        }
    }

    /// How long to wait at least, where the provider said so.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::RateLimited { retry_after } => *retry_after,
            _ => None,
        }
    }
}

/// What the provider said when it refused.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Refusal {
    /// The status of the answer.
    pub status: u16,
    /// Its word, such as `BAD_REQUEST_ERROR`.
    pub code: String,
    /// Its sentence, one line, at most 300 characters.
    pub description: String,
    /// Its reason, if it gave one.
    pub reason: Option<String>,
    /// The field that it does not like.
    pub field: Option<String>,
}

impl Refusal {
    /// Makes one whose texts can be logged.
    #[must_use]
    pub fn new(status: u16, code: &str, description: &str) -> Self {
        Self {
            status,
            code: one_line(code),
            description: one_line(description),
            reason: None,
            field: None,
        }
    }

    fn said(&self) -> String {
        format!("{} {} {}", self.status, self.code, self.description)
    }
}

/// A text without line breaks and other control characters, cut where it is too long.
pub(crate) fn one_line(text: &str) -> String {
    text.chars()
        .map(|letter| if letter.is_control() { ' ' } else { letter })
        .take(MAX_DESCRIPTION)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn w16_what_may_pass_is_asked_again_and_a_no_is_not() {
        let refusal = Refusal::new(400, "BAD_REQUEST_ERROR", "no");
        for retryable in [
            PaymentError::BalanceTooLow(refusal.clone()),
            PaymentError::WrongKeys,
            PaymentError::RateLimited { retry_after: None },
            PaymentError::Away { status: Some(502) },
            PaymentError::TimedOut,
            PaymentError::Unreadable("no JSON"),
        ] {
            assert!(retryable.is_retryable(), "{retryable}");
        }
        for last in [
            PaymentError::Refused(refusal.clone()),
            PaymentError::NotFound(refusal.clone()),
            PaymentError::ReferenceExists,
            PaymentError::LinkNotCancellable(refusal),
            PaymentError::Invalid("the amount"),
        ] {
            assert!(!last.is_retryable(), "{last}");
        }
    }

    #[test]
    fn what_the_provider_says_is_one_line_of_bounded_length() {
        let refusal = Refusal::new(400, "A\r\nB", &"x".repeat(1000));
        assert_eq!(refusal.code, "A  B");
        assert_eq!(refusal.description.len(), 300);
    }
}
