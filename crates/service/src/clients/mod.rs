//! Who asks for room, as far as bounds go: a tag that says «the same network» and nothing else.

mod lanes;
mod rate;

use std::sync::{Mutex, PoisonError};

use sha2::{Digest, Sha256};

use crate::{
    error::{InternalError, ServiceError},
    service::Service,
};
pub(crate) use lanes::Lanes;
use rate::Rates;

/// A client's network, as a hash under a key that this process made at its start and never writes down. Of two tags of one
/// process it can be told whether they are of one network; of a tag in the database, once the process has ended, nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ClientTag(pub(crate) [u8; 16]);

impl ClientTag {
    /// Nobody knows who asks: a proxy in front does not say it. Such clients are one, and have no bound of their own.
    pub const UNKNOWN: Self = Self([0; 16]);

    /// A tag that a row holds. One without is of before there were tags.
    pub(crate) fn of_row(tag: Option<&[u8]>) -> Self {
        tag.and_then(|tag| tag.try_into().ok()).map_or(Self::UNKNOWN, Self)
    }

    pub(crate) fn is_known(self) -> bool {
        self != Self::UNKNOWN
    }
}

/// What is remembered of clients, in memory and bounded.
pub(crate) struct Clients {
    key: [u8; 32],
    pub(crate) lanes: Lanes,
    rates: Mutex<Rates>,
}

impl Clients {
    pub(crate) fn new() -> Result<Self, InternalError> {
        let mut key = [0; 32];
        getrandom::fill(&mut key).map_err(|error| InternalError::lasting("making a key", error))?;
        Ok(Self {
            key,
            lanes: Lanes::default(),
            rates: Mutex::default(),
        })
    }
}

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
