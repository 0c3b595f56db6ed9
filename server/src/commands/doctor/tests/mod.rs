//! Each misconfiguration is planted in turn, found, explained, and mended where it can be.

mod bucket;
mod outside;

use sealdrop_test_support::s3::Endpoint;

use super::finding::{Finding, Level};
use crate::config::{Config, Reader};

/// Settings of a server at `https://drop.test` with this bucket; `more` goes over them.
fn config_with(endpoint: &Endpoint, more: &[(&str, &str)]) -> Config {
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
        pairs.push((name, value));
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
