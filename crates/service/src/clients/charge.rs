//! Tags clients, and charges them for new uploads.

use std::sync::PoisonError;

use sha2::{Digest, Sha256};

use super::tag::ClientTag;
use crate::{error::ServiceError, service::Service};

impl Service {
    /// Charges a client for a new upload.
    ///
    /// # Errors
    /// [`ServiceError::Later`] when it has begun too many of late.
    pub(crate) fn charge(&self, client: ClientTag) -> Result<(), ServiceError> {
        let burst = self.inner.limits.client_new_uploads;
        if burst == 0 || !client.is_known() {
            return Ok(());
        }
        let mut rates = self.inner.clients.rates.lock().unwrap_or_else(PoisonError::into_inner);
        rates
            .charge(client, burst, self.inner.clock.elapsed())
            .map_err(ServiceError::Later)
    }

    /// The tag of a network that is written as `network`: any text that is the same for all of its addresses.
    #[must_use]
    pub fn client_tag(&self, network: &str) -> ClientTag {
        let mut hash = Sha256::new();
        hash.update(self.inner.clients.key);
        hash.update(network);
        let mut tag = [0; 16];
        tag.copy_from_slice(&hash.finalize()[..16]);
        ClientTag(tag)
    }
}
