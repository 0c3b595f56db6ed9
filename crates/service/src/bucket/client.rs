//! The S3 client of the bucket; makes the bucket if it is missing.

use std::time::Duration;

use aws_sdk_s3::{
    Client,
    config::{
        BehaviorVersion, Config, Credentials, Region, RequestChecksumCalculation, ResponseChecksumValidation,
        retry::RetryConfig, timeout::TimeoutConfig,
    },
    types::{BucketLocationConstraint, CreateBucketConfiguration},
};
use aws_smithy_http_client::{Builder as HttpBuilder, tls};
use tokio::sync::OnceCell;
use url::{Host, Url};

use super::failure::BucketError;
use crate::{
    config::{BucketConfig, PublicEndpoint},
    error::StartError,
    metrics::bucket::MeasureBucket,
};

/// How long `complete` may take at the bucket: minutes, says S3, with white space to keep the line open.
pub(crate) const COMPLETE_PATIENCE: Duration = Duration::from_secs(600);

/// One bucket.
pub(crate) struct Bucket {
    pub(super) client: Client,
    pub(super) name: String,
    pub(super) public: PublicEndpoint,
    /// Whether others than this server can reach it: it is no folder of its own.
    pub(super) shared: bool,
    /// Whether it is on another machine, whose clock is a second one.
    pub(super) elsewhere: bool,
    /// What signs addresses.
    pub(super) credentials: Credentials,
    pub(super) region: String,
    /// What stands before the keys of objects in addresses; see `sign.rs`.
    pub(super) folder: OnceCell<String>,
}

impl Bucket {
    /// Makes the client without a request.
    pub(crate) fn new(config: &BucketConfig) -> Self {
        let http = HttpBuilder::new()
            .tls_provider(tls::Provider::Rustls(tls::rustls_provider::CryptoMode::Ring))
            .build_https();
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(Duration::from_secs(3))
            .read_timeout(Duration::from_secs(20))
            .operation_attempt_timeout(Duration::from_secs(20))
            .operation_timeout(Duration::from_secs(45))
            .build();
        let credentials = Credentials::new(&config.access_key, &config.secret_key, None, None, "configured");
        let sdk = Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new(config.region.clone()))
            .endpoint_url(base(&config.endpoint))
            .force_path_style(config.path_style)
            .credentials_provider(credentials.clone())
            .http_client(http)
            .timeout_config(timeouts)
            .interceptor(MeasureBucket)
            .retry_config(RetryConfig::standard().with_max_attempts(3))
            // The default sends checksum headers that stores other than AWS have refused.
            .request_checksum_calculation(RequestChecksumCalculation::WhenRequired)
            .response_checksum_validation(ResponseChecksumValidation::WhenRequired)
            .build();
        Self {
            client: Client::from_conf(sdk),
            name: config.bucket.clone(),
            public: config.public.clone(),
            shared: matches!(config.public, PublicEndpoint::Absolute(_)),
            elsewhere: matches!(config.public, PublicEndpoint::Absolute(_)) && !is_loopback(&config.endpoint),
            credentials,
            region: config.region.clone(),
            folder: OnceCell::new(),
        }
    }

    /// Whether others than this server can reach it.
    pub(crate) fn is_shared(&self) -> bool {
        self.shared
    }

    /// Whether it is on another machine, whose clock is a second one.
    pub(crate) fn is_elsewhere(&self) -> bool {
        self.elsewhere
    }

    /// Makes the bucket if it is missing and the keys allow it. A bucket that cannot be reached now is no reason not to
    /// start: readiness says so until it is back. Answers whether it was reached.
    pub(crate) async fn ensure(&self, region: &str) -> Result<bool, StartError> {
        match self
            .client
            .head_bucket()
            .bucket(&self.name)
            .send()
            .await
            .map_err(BucketError::from)
        {
            Ok(_) => Ok(true),
            Err(BucketError::Missing) => self.make(region).await.map(|()| true),
            Err(error) if error.is_transient() => {
                tracing::warn!(%error, bucket = self.name, "the bucket cannot be reached yet");
                Ok(false)
            }
            Err(error) => Err(StartError::Bucket(error.into())),
        }
    }

    async fn make(&self, region: &str) -> Result<(), StartError> {
        // AWS wants every region named but the first one.
        let place = (region != "us-east-1").then(|| {
            CreateBucketConfiguration::builder()
                .location_constraint(BucketLocationConstraint::from(region))
                .build()
        });
        let made = self
            .client
            .create_bucket()
            .bucket(&self.name)
            .set_create_bucket_configuration(place)
            .send()
            .await;
        match made.map_err(BucketError::from) {
            Ok(_) => {
                tracing::info!(bucket = self.name, "bucket made");
                Ok(())
            }
            Err(BucketError::Exists) => Ok(()),
            Err(error) => Err(StartError::Bucket(error.into())),
        }
    }
}

/// An endpoint as the SDK must be given it: it writes the bucket's name right behind a path, and puts no slash between.
pub(super) fn base(endpoint: &Url) -> String {
    let text = endpoint.as_str().trim_end_matches('/');
    format!("{text}/")
}

fn is_loopback(endpoint: &Url) -> bool {
    match endpoint.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}
