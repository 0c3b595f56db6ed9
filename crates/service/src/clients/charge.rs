//! Tags clients, and charges them for new uploads.

use std::sync::PoisonError;

use super::{rate::WHOLE_IN, tag::ClientTag};
use crate::{error::ServiceError, redis::SharedLimit, service::Service};

impl Service {
    /// Charges a client for a new upload: in this process, and where servers share a Redis, in all of them.
    ///
    /// # Errors
    /// [`ServiceError::Later`] when it has begun too many of late.
    pub(crate) async fn charge(&self, client: ClientTag) -> Result<(), ServiceError> {
        let burst = self.inner.limits.client_new_uploads;
        if burst == 0 || !client.is_known() {
            return Ok(());
        }
        {
            let mut rates = self.inner.clients.rates.lock().unwrap_or_else(PoisonError::into_inner);
            rates
                .charge(client, burst, self.inner.clock.elapsed())
                .map_err(ServiceError::Later)?;
        }
        let limit = SharedLimit {
            name: "new-uploads",
            burst,
            whole_in: WHOLE_IN,
        };
        match self.charge_shared(limit, &client.0).await {
            Some(wait) => Err(ServiceError::Later(wait)),
            None => Ok(()),
        }
    }

    /// The tag of a network that is written as `network`: any text that is the same for all of its addresses. All servers of one
    /// installation make the same, so that what a client holds open counts on each of them.
    #[must_use]
    pub fn client_tag(&self, network: &str) -> ClientTag {
        let sum = self.inner.auth.secret.sum("sealdrop/1/client", &[network.as_bytes()]);
        let mut tag = [0; 16];
        tag.copy_from_slice(&sum[..16]);
        ClientTag(tag)
    }
}
