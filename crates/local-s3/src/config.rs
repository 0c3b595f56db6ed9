//! What a bucket needs to know before it opens.

use std::{fmt, path::PathBuf, time::Duration};

use crate::{credentials::Credentials, error::Error};

/// Configuration of a [`crate::LocalS3`].
#[derive(Clone)]
pub struct LocalS3Config {
    /// Folder of the bucket; made when absent. Nothing else may live in it.
    pub root: PathBuf,
    /// Name of the one bucket, also the first segment of every path.
    pub bucket: String,
    /// Access key that signatures must name.
    pub access_key: String,
    /// Secret that signatures are checked with.
    pub secret_key: String,
    /// Longest body of one PutObject or UploadPart, in bytes; a longer one is refused before it is read.
    pub max_part_bytes: u64,
    /// Bodies received at the same time. Twice as many may be sent, and half of that again to requests signed with the keys.
    /// A request beyond that waits, then is answered with `SlowDown`.
    pub max_concurrency: usize,
    /// How long a request waits for a permit before it is answered with `SlowDown`.
    pub max_wait: Duration,
    /// How long a body may go without a byte before the request ends with `RequestTimeout`.
    pub body_stall: Duration,
    /// How long a body may come as slowly as it likes; from then on it must have brought [`Self::min_rate`] on average.
    pub slow_start: Duration,
    /// Bytes a second, on average, that a body must bring, so that one that drips cannot hold a permit for days.
    pub min_rate: u64,
    /// How long a reader may take nothing before it loses its permit to a request that waits. It acquires another when it reads on.
    pub send_stall: Duration,
    /// Requests at a time at one presigned URL; more of them wait for each other.
    pub max_per_address: usize,
    /// How long a request waits before a client that has more permits than its own loses the slowest of them.
    pub patience: Duration,
    /// Bytes a second, on average since its permit was given, below which a transfer loses the permit as soon as another waits.
    pub crowded_rate: u64,
    /// How long a permit is kept whatever it moves; see [`Self::crowded_rate`].
    pub crowded_start: Duration,
    /// Bytes of the file system that uploads leave alone, for whatever else lives there (a database).
    pub reserved_bytes: u64,
}

impl LocalS3Config {
    /// The bucket `blobs` in `root`: parts up to 5 GiB, 32 bodies at a time, 64 MiB of the disk left alone.
    #[must_use]
    pub fn new(root: impl Into<PathBuf>, credentials: &Credentials) -> Self {
        Self {
            root: root.into(),
            bucket: "blobs".to_owned(),
            access_key: credentials.access_key.clone(),
            secret_key: credentials.secret_key.clone(),
            max_part_bytes: 5 << 30,
            max_concurrency: 32,
            max_wait: Duration::from_secs(10),
            body_stall: Duration::from_secs(30),
            slow_start: Duration::from_secs(60),
            min_rate: 1024,
            send_stall: Duration::from_secs(60),
            max_per_address: 16,
            patience: Duration::from_secs(1),
            crowded_rate: 8 << 10,
            crowded_start: Duration::from_secs(10),
            reserved_bytes: 64 << 20,
        }
    }

    pub(crate) fn check(&self) -> Result<(), Error> {
        if self.access_key.is_empty() || self.secret_key.is_empty() {
            return Err(Error::Config(
                "the access key and the secret key must not be empty".to_owned(),
            ));
        }
        if self.max_concurrency == 0 || self.max_part_bytes == 0 || self.max_per_address == 0 {
            return Err(Error::Config(
                "max_concurrency, max_per_address and max_part_bytes must be at least 1".to_owned(),
            ));
        }
        if !s3s::path::check_bucket_name(&self.bucket) {
            return Err(Error::Config(format!("{:?} is no valid bucket name", self.bucket)));
        }
        Ok(())
    }
}

impl fmt::Debug for LocalS3Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LocalS3Config")
            .field("root", &self.root)
            .field("bucket", &self.bucket)
            .field("access_key", &self.access_key)
            .field("secret_key", &"[redacted]")
            .field("max_part_bytes", &self.max_part_bytes)
            .field("max_concurrency", &self.max_concurrency)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config() -> LocalS3Config {
        LocalS3Config::new("somewhere", &Credentials::new("AK".into(), "very-secret".into()))
    }

    #[test]
    fn debug_shows_no_secret() {
        let shown = format!("{:?}", config());
        assert!(
            shown.contains("[redacted]") && !shown.contains("very-secret"),
            "{shown}"
        );
    }

    #[test]
    fn what_cannot_work_is_refused() {
        assert!(config().check().is_ok());
        for spoil in [
            |c: &mut LocalS3Config| c.bucket = "../up".to_owned(),
            |c: &mut LocalS3Config| c.secret_key = String::new(),
            |c: &mut LocalS3Config| c.max_concurrency = 0,
            |c: &mut LocalS3Config| c.max_part_bytes = 0,
            |c: &mut LocalS3Config| c.max_per_address = 0,
        ] {
            let mut spoiled = config();
            spoil(&mut spoiled);
            assert!(matches!(spoiled.check(), Err(Error::Config(_))), "{spoiled:?}");
        }
    }
}
