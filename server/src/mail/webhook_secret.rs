//! What the mail provider's webhook shows: who can show it may report what became of mails.

use sha2::{Digest as _, Sha256};

use crate::config::SecretText;

/// The hash of the secret that a webhook shows.
#[derive(Clone)]
pub(crate) struct WebhookSecret([u8; 32]);

impl WebhookSecret {
    pub(crate) fn of(secret: &SecretText) -> Self {
        Self(Sha256::digest(secret.expose().as_bytes()).into())
    }

    /// Whether this is it. Hashes are compared, so that time tells nothing of the secret.
    pub(crate) fn is(&self, given: &[u8]) -> bool {
        <[u8; 32]>::from(Sha256::digest(given)) == self.0
    }
}
