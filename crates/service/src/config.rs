//! Configuration of the service. The server reads it from the environment.

use std::{fmt, sync::Arc, time::Duration};

use sealdrop_mail::{Mailer, MemoryMailer};
use url::Url;

use crate::{auth::config::AuthConfig, billing::config::PaymentsConfig, origin::Origin, redis::RedisConfig};

/// Tells how many bytes the disk under the embedded bucket has left.
pub type FreeSpace = Arc<dyn Fn() -> u64 + Send + Sync>;

/// Everything that [`crate::Service::connect`] needs.
#[derive(Clone)]
pub struct ServiceConfig {
    /// Where the database is.
    pub database: DatabaseConfig,
    /// Where the objects are kept.
    pub bucket: BucketConfig,
    /// What senders may do.
    pub limits: PolicyLimits,
    /// How people sign in.
    pub auth: AuthConfig,
    /// Free space of the embedded bucket's disk; `None` if the bucket is elsewhere.
    pub free_space: Option<FreeSpace>,
    /// How long `complete` waits for the bucket before it answers 202 and goes on in the background.
    pub complete_wait: Duration,
    /// Time between two passes of the background jobs.
    pub reap_every: Duration,
    /// What sends mail.
    pub mailer: Arc<dyn Mailer>,
    /// What people have in their address bar, if that is known.
    pub public: Option<Origin>,
    /// How money is taken; without it nothing is sold.
    pub payments: Option<PaymentsConfig>,
    /// What several servers share for a short time; without it each limits by itself, and workers look every second.
    pub redis: Option<RedisConfig>,
    /// Whether the bucket is only looked at: it is neither made where it is missing nor marked as this installation's.
    pub looks_only: bool,
}

impl ServiceConfig {
    /// The given database, bucket and settings of sign-in, defaults for the rest.
    #[must_use]
    pub fn new(database: DatabaseConfig, bucket: BucketConfig, auth: AuthConfig) -> Self {
        Self {
            database,
            bucket,
            limits: PolicyLimits::default(),
            auth,
            free_space: None,
            complete_wait: Duration::from_secs(5),
            reap_every: Duration::from_secs(60),
            mailer: Arc::new(MemoryMailer::default()),
            public: None,
            payments: None,
            redis: None,
            looks_only: false,
        }
    }
}

impl fmt::Debug for ServiceConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServiceConfig")
            .field("database", &self.database)
            .field("bucket", &self.bucket)
            .field("limits", &self.limits)
            .field("auth", &self.auth)
            .field("free_space", &self.free_space.is_some())
            .field("mailer", &self.mailer.name())
            .field("payments", &self.payments)
            .field("redis", &self.redis.is_some())
            .finish_non_exhaustive()
    }
}

/// The database.
#[derive(Clone)]
pub struct DatabaseConfig {
    /// `sqlite://path/to/file` (made if it is missing) or `postgres://…`.
    pub url: String,
    /// Connections at most.
    pub max_connections: u32,
    /// How long a request waits for a database connection before it is answered with 503.
    pub acquire_timeout: Duration,
    /// How long one statement may take (Postgres), or wait for another writer (SQLite).
    pub statement_timeout: Duration,
}

impl DatabaseConfig {
    /// The given address, defaults for the rest.
    #[must_use]
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            max_connections: 8,
            acquire_timeout: Duration::from_secs(3),
            statement_timeout: Duration::from_secs(5),
        }
    }
}

impl fmt::Debug for DatabaseConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The address may hold a password.
        f.debug_struct("DatabaseConfig")
            .field("url", &self.url.split(':').next().unwrap_or_default())
            .field("max_connections", &self.max_connections)
            .finish_non_exhaustive()
    }
}

/// The S3-compatible bucket.
#[derive(Clone)]
pub struct BucketConfig {
    /// Where the server's own calls go, `http://127.0.0.1:3000` or `https://s3.example.com`.
    pub endpoint: Url,
    /// The region that signatures name.
    pub region: String,
    /// The bucket's name.
    pub bucket: String,
    /// The access key's id.
    pub access_key: String,
    /// The access key's secret.
    pub secret_key: String,
    /// `endpoint/bucket/key` instead of `bucket.endpoint/key`.
    pub path_style: bool,
    /// What the URLs look like that clients get.
    pub public: PublicEndpoint,
}

impl fmt::Debug for BucketConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BucketConfig")
            .field("endpoint", &self.endpoint.as_str())
            .field("region", &self.region)
            .field("bucket", &self.bucket)
            .field("access_key", &self.access_key)
            .field("secret_key", &"(redacted)")
            .field("path_style", &self.path_style)
            .field("public", &self.public)
            .finish()
    }
}

/// What the URLs look like that clients get.
#[derive(Debug, Clone)]
pub enum PublicEndpoint {
    /// The bucket is on the app's own origin: URLs start with `/` and are signed for the authority that the caller names.
    SameOrigin,
    /// The bucket is elsewhere: URLs are absolute, below this address (often the same as the server's own endpoint).
    Absolute(Url),
}

/// What senders may do. Lengths in sealed bytes, durations in seconds.
#[derive(Debug, Clone)]
pub struct PolicyLimits {
    /// Sealed bytes of one link of a sender without an account; 0 turns guests off.
    pub guest_max_bytes: u64,
    /// Sealed bytes that a user of the plan `free` may keep.
    pub free_storage_bytes: u64,
    /// Seconds a link lives if the sender says nothing.
    pub default_expires_in: u64,
    /// Seconds a link lives at least.
    pub min_expires_in: u64,
    /// Seconds a link lives at most.
    pub max_expires_in: u64,
    /// Downloads of a link if the sender says nothing.
    pub default_downloads: u32,
    /// Downloads of a link at most.
    pub max_downloads: u32,
    /// Objects of one client's network that no link has taken yet, at most.
    pub client_max_open_uploads: u64,
    /// The same of all of them.
    pub max_open_uploads: u64,
    /// Bytes whose addresses one client's network was given and that have not arrived, at most.
    pub client_max_promised_bytes: u64,
    /// The same of all of them. The disk of an embedded bucket is a bound of its own.
    pub max_promised_bytes: u64,
    /// Uploads that one client's network may begin within ten minutes; 0 is no bound.
    pub client_new_uploads: u32,
}

impl Default for PolicyLimits {
    fn default() -> Self {
        const DAY: u64 = 24 * 3600;
        Self {
            guest_max_bytes: 50_000_000_000,
            free_storage_bytes: 10_000_000_000,
            default_expires_in: 7 * DAY,
            min_expires_in: 60,
            max_expires_in: 30 * DAY,
            default_downloads: 10,
            max_downloads: 1000,
            client_max_open_uploads: 10_000,
            max_open_uploads: 50_000,
            client_max_promised_bytes: 16_000_000_000,
            max_promised_bytes: 1_000_000_000_000,
            client_new_uploads: 10_000,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_no_secret() -> Result<(), Box<dyn std::error::Error>> {
        let bucket = BucketConfig {
            endpoint: Url::parse("http://127.0.0.1:3000")?,
            region: "local".into(),
            bucket: "blobs".into(),
            access_key: "id".into(),
            secret_key: "canary-key".into(),
            path_style: true,
            public: PublicEndpoint::SameOrigin,
        };
        let config = ServiceConfig::new(
            DatabaseConfig::new("postgres://me:canary-password@db/x"),
            bucket,
            AuthConfig::new(crate::auth::AuthSecret::new(&"canary".repeat(6))?),
        );
        assert!(!format!("{config:?}").contains("canary"), "{config:?}");
        Ok(())
    }
}
