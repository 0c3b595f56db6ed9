//! Two ways: the second is taken while the first lets no mail through.

use std::sync::Arc;

use futures::future::{BoxFuture, FutureExt as _};

use super::{Checked, FailureKind, Mailer, SendError, Sent};
use crate::mail::Mail;

/// Sends by the first, and by the second what the first lets through for nobody. What may have been sent is not sent otherwise: it
/// would arrive twice under two ids.
pub struct FallbackMailer {
    first: Arc<dyn Mailer>,
    second: Arc<dyn Mailer>,
}

impl FallbackMailer {
    /// Both.
    #[must_use]
    pub fn new(first: Arc<dyn Mailer>, second: Arc<dyn Mailer>) -> Self {
        Self { first, second }
    }
}

impl Mailer for FallbackMailer {
    fn send<'a>(&'a self, mail: &'a Mail) -> BoxFuture<'a, Result<Sent, SendError>> {
        async move {
            match self.first.send(mail).await {
                Err(error) if matches!(error.kind, FailureKind::Unavailable { .. }) => {
                    tracing::warn!(id = %mail.id, code = error.code, by = self.second.name(), "a mail takes the second way");
                    self.second.send(mail).await
                }
                sent => sent,
            }
        }
        .boxed()
    }

    fn name(&self) -> &'static str {
        self.first.name()
    }

    fn check(&self) -> BoxFuture<'_, Vec<Checked>> {
        async move {
            let (mut first, second) = futures::join!(self.first.check(), self.second.check());
            first.extend(second);
            first
        }
        .boxed()
    }

    fn health(&self) -> Result<(), String> {
        let Err(first) = self.first.health() else { return Ok(()) };
        Err(match self.second.health() {
            Ok(()) => format!("{first}; mail goes out by {}", self.second.name()),
            Err(second) => format!("{first}; {second}"),
        })
    }
}
