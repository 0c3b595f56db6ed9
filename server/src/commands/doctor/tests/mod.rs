//! Each misconfiguration is planted in turn, found, explained, and mended where it can be.

mod bucket;
mod outside;
mod rules;

use sealdrop_test_support::s3::{
    Endpoint,
    lying::{Lie, LyingS3, Rules},
};

use super::{
    bucket::Patient,
    finding::{Finding, Level},
};
use crate::{
    config::{Config, Reader},
    start::bucket_of,
};

/// What every client by HTTP needs first.
fn install_tls() {
    // A second installation of it would only mean that another test was faster.
    let _ = rustls::crypto::ring::default_provider().install_default();
}

/// Settings of a server at `https://drop.test` with this bucket; `more` goes over them.
fn config_with(endpoint: &Endpoint, more: &[(&str, &str)]) -> Config {
    install_tls();
    let mut pairs = vec![
        ("SEALDROP_PUBLIC_URL", "https://drop.test"),
        ("S3_ENDPOINT", endpoint.url.as_str()),
        ("S3_PUBLIC_ENDPOINT", "https://s3.drop.test"),
        ("S3_BUCKET", endpoint.bucket.as_str()),
        ("S3_REGION", endpoint.region.as_str()),
        ("S3_ACCESS_KEY_ID", endpoint.access_key.as_str()),
        ("S3_SECRET_ACCESS_KEY", endpoint.secret_key.as_str()),
    ];
    for (name, value) in more {
        pairs.retain(|(one, _)| one != name);
        // An empty one stands for a setting that is not there.
        if !value.is_empty() {
            pairs.push((name, value));
        }
    }
    Config::read(Reader::of(&pairs)).expect("settings")
}

/// The codes of what is not as it should be.
fn codes(found: &[Finding]) -> Vec<&'static str> {
    found
        .iter()
        .filter(|finding| finding.level != Level::Ok)
        .filter_map(|finding| finding.code)
        .collect()
}

const SAME: (&str, &str) = ("S3_PUBLIC_ENDPOINT", "");

/// Settings with which browsers reach the bucket where the server does.
fn config(endpoint: &Endpoint, more: &[(&str, &str)]) -> Config {
    let mut all = vec![SAME, ("SEALDROP_PUBLIC_URL", "https://drop.test")];
    all.extend_from_slice(more);
    config_with(endpoint, &all)
}

async fn examine(config: &Config) -> Vec<Finding> {
    let bucket = bucket_of(config, config.http.addr).expect("a bucket");
    Patient::of(config, &bucket).examine(std::future::pending()).await
}

/// What is found beyond what every bucket on this machine has, as browsers elsewhere see it.
fn without_place(found: &[Finding]) -> Vec<&'static str> {
    let of_place = ["bucket-public-http", "bucket-public-local"];
    codes(found)
        .into_iter()
        .filter(|code| !of_place.contains(code))
        .collect()
}

/// What is in the bucket when all is over.
async fn left(endpoint: &Endpoint) -> usize {
    let client = endpoint.client();
    let objects = client
        .list_objects_v2()
        .bucket(&endpoint.bucket)
        .send()
        .await
        .expect("a list");
    let uploads = client
        .list_multipart_uploads()
        .bucket(&endpoint.bucket)
        .send()
        .await
        .expect("a list");
    objects.contents().len() + uploads.uploads().len()
}

async fn seen(lie: Lie, rules: Rules) -> (Vec<Finding>, LyingS3) {
    let server = LyingS3::start(lie, rules).await.expect("a server");
    let found = examine(&config(&server.endpoint, &[])).await;
    for finding in &found {
        assert!(finding.level == Level::Ok || finding.mend.is_some(), "{finding:?}");
        let text = finding.text();
        assert!(!text.contains("X-Amz-") && !text.contains("test-secret-key"), "{text}");
    }
    (found, server)
}
