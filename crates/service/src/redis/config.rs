//! Where Redis is.

use std::{fmt, time::Duration};

use redis::IntoConnectionInfo as _;

/// How long a request waits for an answer. A Redis that is slower than that is taken for gone.
const ANSWER_WITHIN: Duration = Duration::from_millis(50);

/// Where Redis is. Cheap to clone.
#[derive(Clone)]
pub struct RedisConfig {
    pub(super) client: redis::Client,
    pub(super) answer_within: Duration,
}

impl RedisConfig {
    /// Reads an address: `redis://[user:password@]host[:port][/database]`, `rediss://…` for TLS, or `unix:///path/of/socket`.
    /// Nothing is connected yet. `rediss` needs rustls' process-wide crypto provider.
    ///
    /// # Errors
    /// What is wrong with the address; never the address, which may hold a password.
    pub fn parse(url: &str) -> Result<Self, String> {
        const EXPECTED: &str =
            "expected redis://host:6379, rediss://user:password@host:6379 (TLS), or unix:///path/of/socket";
        let info = url.into_connection_info().map_err(|_| EXPECTED.to_owned())?;
        let client = redis::Client::open(info).map_err(|_| EXPECTED.to_owned())?;
        Ok(Self {
            client,
            answer_within: ANSWER_WITHIN,
        })
    }

    /// The same, with another time that a request waits for an answer (50 ms).
    #[must_use]
    pub fn answering_within(mut self, time: Duration) -> Self {
        self.answer_within = time;
        self
    }
}

impl fmt::Debug for RedisConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The address may hold a password.
        f.debug_struct("RedisConfig").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_and_its_password_is_never_shown() {
        for right in [
            "redis://localhost",
            "redis://:hunter2@10.0.0.1:6380/2",
            "rediss://user:hunter2@redis.example:6379",
            "unix:///run/redis/redis.sock",
        ] {
            let read = RedisConfig::parse(right).expect(right);
            assert!(!format!("{read:?}").contains("hunter2"));
        }
        for wrong in [
            "",
            "localhost:6379",
            "http://hunter2@host",
            "redis://",
            "postgres://hunter2@host/x",
        ] {
            let why = RedisConfig::parse(wrong).expect_err(wrong);
            assert!(why.contains("redis://host:6379") && !why.contains("hunter2"), "{why}");
        }
    }
}
