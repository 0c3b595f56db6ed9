//! What an operator's check may ask a bucket for: addresses that are signed as clients and server get them, and keys of its own.

use aws_sdk_s3::{config::Config, presigning::PresigningConfig};

use super::{client::Bucket, failure::BucketError, sign::Allowed};
use crate::{
    config::{BucketConfig, PublicEndpoint},
    origin::Origin,
};

/// Seconds that its addresses live.
const LIVES: u64 = 300;

/// A try of a bucket, for an operator's check.
pub struct BucketProbe {
    bucket: Bucket,
    key: String,
}

/// Why it could not be made. The text holds no address.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct ProbeError(BucketError);

impl BucketProbe {
    /// Makes a probe for the bucket of this configuration as clients reach it, without a request.
    #[must_use]
    pub fn new(config: &BucketConfig) -> Self {
        let mut random = [0; 16];
        // Without it, two checks at the same time share a key: one of them says that its object is gone.
        let _ = getrandom::fill(&mut random);
        let random: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
        Self {
            bucket: Bucket::new(config),
            // Outside of the prefix of objects, so that a leftover is not taken for one.
            key: format!("doctor/{random}"),
        }
    }

    /// The same as the server reaches it, with the same key.
    #[must_use]
    pub fn as_server(&self, config: &BucketConfig) -> Self {
        let public = PublicEndpoint::Absolute(config.endpoint.clone());
        Self {
            bucket: Bucket::new(&BucketConfig {
                public,
                ..config.clone()
            }),
            key: self.key.clone(),
        }
    }

    /// What its objects are called: random, so that none is anybody else's. Keys of its own begin with it.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }

    /// An address for one request. `query` is escaped; `headers` are signed: a request needs exactly these values of them. An empty
    /// key stands for the bucket itself. Below the app's own origin it is a path.
    ///
    /// # Errors
    /// When it cannot be signed.
    pub async fn address(
        &self,
        method: &str,
        key: &str,
        query: &str,
        headers: &[(&str, &str)],
        origin: &Origin,
    ) -> Result<String, ProbeError> {
        let lives = PresigningConfig::expires_in(std::time::Duration::from_secs(LIVES));
        let lives = lives.map_err(|error| ProbeError(BucketError::Refused(error.to_string())))?;
        let allowed = Allowed {
            method,
            key,
            query: query.to_owned(),
            headers,
            lives: &lives,
        };
        self.bucket.sign(&allowed, origin).await.map_err(ProbeError)
    }

    /// An address to PUT `len` bytes to, as clients get it.
    ///
    /// # Errors
    /// When it cannot be signed.
    pub async fn put_address(&self, len: u64, origin: &Origin) -> Result<String, ProbeError> {
        let len = len.to_string();
        self.address("PUT", &self.key, "x-id=PutObject", &[("content-length", &len)], origin)
            .await
    }

    /// An address to GET it from.
    ///
    /// # Errors
    /// When it cannot be signed.
    pub async fn get_address(&self, origin: &Origin) -> Result<String, ProbeError> {
        self.bucket.sign_read(&self.key, origin).await.map_err(ProbeError)
    }

    /// Puts a small object as the server itself does, with the headers that its library sends.
    ///
    /// # Errors
    /// What the bucket says.
    pub async fn put_as_server(&self) -> Result<(), ProbeError> {
        let put = self.bucket.client.put_object().bucket(&self.bucket.name).key(&self.key);
        let put = put
            .body(b"probe".to_vec().into())
            .customize()
            .config_override(Config::builder().retry_config(aws_sdk_s3::config::retry::RetryConfig::disabled()));
        put.send().await.map(drop).map_err(|error| ProbeError(error.into()))
    }

    /// Takes it away, past whatever is in front.
    ///
    /// # Errors
    /// When the bucket cannot be asked.
    pub async fn remove(&self) -> Result<(), ProbeError> {
        self.bucket.delete(&self.key).await.map_err(ProbeError)
    }
}

impl std::fmt::Debug for BucketProbe {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BucketProbe").finish_non_exhaustive()
    }
}
