//! One object that a check puts into the bucket and takes away again, on the way that parts take.

use std::time::Duration;

use aws_sdk_s3::{config::Config, presigning::PresigningConfig};

use super::{client::Bucket, failure::BucketError};
use crate::{config::BucketConfig, origin::Origin};

/// Seconds that its addresses live.
const LIVES: u64 = 300;

/// A try of a bucket, for an operator's check.
pub struct BucketProbe {
    bucket: Bucket,
    key: &'static str,
}

/// Why it could not be made. The text holds no address.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct ProbeError(BucketError);

impl BucketProbe {
    /// Makes a probe for the bucket of this configuration, without a request.
    #[must_use]
    pub fn new(config: &BucketConfig) -> Self {
        Self {
            bucket: Bucket::new(config),
            // Outside of the prefix of objects, so that a leftover is not taken for one.
            key: "doctor/probe",
        }
    }

    /// An address to PUT `len` bytes to, as clients get it.
    ///
    /// # Errors
    /// When it cannot be signed.
    pub async fn put_address(&self, len: u64, origin: &Origin) -> Result<String, ProbeError> {
        let lives = PresigningConfig::expires_in(Duration::from_secs(LIVES));
        let lives = lives.map_err(|error| ProbeError(BucketError::Refused(error.to_string())))?;
        let put = self.bucket.client.put_object().bucket(&self.bucket.name).key(self.key);
        let put = put.content_length(i64::try_from(len).unwrap_or(i64::MAX));
        let endpoint = Config::builder().endpoint_url(self.bucket.signed_for(origin));
        let signed = put.customize().config_override(endpoint).presigned(lives).await;
        let signed = signed.map_err(|error| ProbeError(error.into()))?;
        self.bucket.as_seen(signed.uri(), origin).map_err(ProbeError)
    }

    /// An address to GET it from.
    ///
    /// # Errors
    /// When it cannot be signed.
    pub async fn get_address(&self, origin: &Origin) -> Result<String, ProbeError> {
        self.bucket.sign_read(self.key, origin).await.map_err(ProbeError)
    }

    /// Takes it away, past whatever is in front.
    ///
    /// # Errors
    /// When the bucket cannot be asked.
    pub async fn remove(&self) -> Result<(), ProbeError> {
        self.bucket.delete(self.key).await.map_err(ProbeError)
    }
}

impl std::fmt::Debug for BucketProbe {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BucketProbe").finish_non_exhaustive()
    }
}
