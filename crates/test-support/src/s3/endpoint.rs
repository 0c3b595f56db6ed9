//! Where an S3 server listens and how to sign for it.

use aws_sdk_s3::{
    Client, Config,
    config::{
        BehaviorVersion, Credentials, Region, RequestChecksumCalculation, ResponseChecksumValidation,
        retry::RetryConfig, timeout::TimeoutConfig,
    },
};
use aws_smithy_http_client::tls;
use std::time::Duration;

/// Whose answers these are: the table of accepted differences is kept by server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ServerKind {
    /// The bucket of this project.
    Local,
    /// SeaweedFS.
    Seaweed,
    /// Any other S3: no difference is accepted.
    Other,
}

/// An S3 server that runs.
#[derive(Clone, Debug)]
pub struct Endpoint {
    /// Whose it is.
    pub kind: ServerKind,
    /// Scheme and authority, without a trailing slash.
    pub url: String,
    /// The bucket to use; made by the suite where it is missing.
    pub bucket: String,
    /// Region of the signatures.
    pub region: String,
    /// Access key.
    pub access_key: String,
    /// Secret key.
    pub secret_key: String,
}

impl Endpoint {
    /// A client as the service configures it: checksums only where S3 demands them, path style, no retries (a suite
    /// wants the first answer).
    #[must_use]
    pub fn client(&self) -> Client {
        self.client_with(&self.access_key, &self.secret_key, false)
    }

    /// A client with other keys, or with the checksums that an SDK sends by default.
    #[must_use]
    pub fn client_with(&self, access_key: &str, secret_key: &str, default_checksums: bool) -> Client {
        let http = aws_smithy_http_client::Builder::new()
            .tls_provider(tls::Provider::Rustls(tls::rustls_provider::CryptoMode::Ring))
            .build_https();
        let mut config = Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new(self.region.clone()))
            .endpoint_url(&self.url)
            .force_path_style(true)
            .credentials_provider(Credentials::new(access_key, secret_key, None, None, "static"))
            .retry_config(RetryConfig::disabled())
            .timeout_config(
                TimeoutConfig::builder()
                    .operation_timeout(Duration::from_secs(120))
                    .build(),
            )
            .http_client(http);
        if !default_checksums {
            config = config
                .request_checksum_calculation(RequestChecksumCalculation::WhenRequired)
                .response_checksum_validation(ResponseChecksumValidation::WhenRequired);
        }
        Client::from_conf(config.build())
    }

    /// Path-style URL of a key that needs no escaping.
    #[must_use]
    pub fn url_of(&self, key: &str) -> String {
        format!("{}/{}/{key}", self.url, self.bucket)
    }

    /// `host:port`.
    #[must_use]
    pub fn authority(&self) -> &str {
        self.url.split("://").nth(1).unwrap_or(&self.url)
    }
}
