//! Limits that the servers of an installation share, for as long as their Redis is there.

use std::time::Duration;

use base64ct::{Base64UrlUnpadded, Encoding as _};

use crate::{
    redis::{Redis, SharedLimit},
    service::Service,
};

impl Service {
    /// Whether there is a connection to Redis.
    #[must_use]
    pub fn has_redis(&self) -> bool {
        self.connected().is_some()
    }

    /// Charges `who` (an address, a network) under a limit that the servers of this installation share. How long they have to wait, if
    /// they have used it up on any of them.
    ///
    /// `None` as well where there is no Redis or it does not answer within 50 ms: each server has a limit of its own besides. Redis gets
    /// `who` as a keyed hash only.
    pub async fn charge_shared(&self, limit: SharedLimit, who: &[u8]) -> Option<Duration> {
        let redis = self.connected()?;
        redis.charge(limit, &self.hidden(limit.name, who), 1).await
    }

    /// Gives back one charge: what it was for turned out not to count.
    pub async fn give_back_shared(&self, limit: SharedLimit, who: &[u8]) {
        if let Some(redis) = self.connected() {
            redis.charge(limit, &self.hidden(limit.name, who), -1).await;
        }
    }

    fn connected(&self) -> Option<&Redis> {
        self.inner.redis.as_deref().filter(|redis| redis.is_connected())
    }

    /// A name that tells who it is only to those who have this installation's secret.
    fn hidden(&self, limit: &str, who: &[u8]) -> String {
        let sum = self
            .inner
            .auth
            .secret
            .sum("sealdrop/1/shared-limit", &[limit.as_bytes(), who]);
        Base64UrlUnpadded::encode_string(&sum[..16])
    }
}
