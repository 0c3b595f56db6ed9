//! The ways on which mail leaves, behind one trait.

pub(crate) mod brevo;
mod circuit;
pub(crate) mod fallback;
pub(crate) mod memory;
pub(crate) mod smtp;

use std::{fmt, time::Duration};

use futures::future::BoxFuture;

use crate::mail::Mail;

/// A whole send, from the first packet to the last answer: less than a job's lease can be held up by.
const SEND_TIMEOUT: Duration = Duration::from_secs(30);

/// Sends mail. Any number of sends may be under way at once.
pub trait Mailer: Send + Sync {
    /// Sends one mail, once. Ends within 30 seconds; a mail whose send failed may have arrived all the same.
    fn send<'a>(&'a self, mail: &'a Mail) -> BoxFuture<'a, Result<Sent, SendError>>;

    /// What it is, for the operator: `memory`, `smtp` or `brevo`.
    fn name(&self) -> &'static str;

    /// Whether mail reaches people this way as far as is known, or why not.
    ///
    /// # Errors
    /// What the operator should look at. Names no address and no secret.
    fn health(&self) -> Result<(), String> {
        Ok(())
    }

    /// Asks whether mail would be taken, without sending any: name, key and password are tried. One answer for each way.
    fn check(&self) -> BoxFuture<'_, Vec<Checked>> {
        Box::pin(async { Vec::new() })
    }
}

/// What a way said to a question without a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// Which way: `smtp` or `brevo`.
    pub by: &'static str,
    /// Host and port.
    pub place: String,
    /// Whether it would take mail.
    pub said: Result<(), SendError>,
}

/// A mail that was taken over by somebody who delivers it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// By which transport.
    pub by: &'static str,
    /// What the provider calls it.
    pub provider_id: Option<String>,
}

/// Why a mail was not sent. Holds no address: what servers answer often does, so only codes of it are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SendError {
    /// What that means for the mail.
    pub kind: FailureKind,
    /// Which failure it was, such as `timeout`, `smtp 550 5.1.1` or `brevo 401 unauthorized`.
    pub code: String,
}

/// What a failure means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailureKind {
    /// The same mail may go out later, not before that time if one is named.
    Temporary {
        /// From now.
        retry_after: Option<Duration>,
    },
    /// It will never go out.
    Permanent,
    /// No mail goes out this way for now, whoever gets it.
    Unavailable {
        /// From now.
        retry_after: Duration,
    },
}

impl SendError {
    /// The same mail may go out later.
    #[must_use]
    pub fn temporary(code: impl Into<String>) -> Self {
        Self::new(FailureKind::Temporary { retry_after: None }, code)
    }

    /// It will never go out.
    #[must_use]
    pub fn permanent(code: impl Into<String>) -> Self {
        Self::new(FailureKind::Permanent, code)
    }

    /// A failure and its code, which names no address.
    #[must_use]
    pub fn new(kind: FailureKind, code: impl Into<String>) -> Self {
        Self {
            kind,
            code: code.into(),
        }
    }
}

impl fmt::Display for SendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.kind {
            FailureKind::Temporary { .. } => "not sent yet",
            FailureKind::Permanent => "refused",
            FailureKind::Unavailable { .. } => "no mail goes out",
        };
        write!(f, "{what}: {}", self.code)
    }
}

impl std::error::Error for SendError {}
