//! The bucket: one fault each.

use std::future::IntoFuture as _;

use axum::Router;
use sealdrop_test_support::s3::{
    LocalS3Process,
    lying::{Lie, LyingS3, Right, Rules},
};
use tokio::net::TcpListener;

use super::{codes, config, examine, left, seen, without_place};
use crate::{
    commands::doctor::{bucket::Patient, finding::Level, way},
    start::bucket_of,
};

#[tokio::test]
async fn o28_an_honest_bucket_is_well_and_nothing_is_left_in_it() {
    let (found, server) = seen(Lie::Honest, Rules::default()).await;
    assert_eq!(without_place(&found), [""; 0], "{found:?}");
    assert_eq!(codes(&found), ["bucket-public-http", "bucket-public-local"]);
    assert_eq!(left(&server.endpoint).await, 0);
}

#[tokio::test]
async fn o24_each_lie_of_a_store_is_found() {
    for (lie, expected) in [
        (Lie::AnyLength, "length-not-enforced"),
        (Lie::NoComplete, "multipart-complete"),
        (Lie::NoRange, "range-ignored"),
        (Lie::NoIfMatch, "if-match-ignored"),
        (Lie::KeepsAll, "delete-ignored"),
        (Lie::Region, "bucket-region"),
        (Lie::WantsSums, "bucket-checksums"),
        (Lie::Credentials, "cors-credentials"),
    ] {
        let (found, server) = seen(lie, Rules::default()).await;
        let mut codes = without_place(&found);
        if lie == Lie::KeepsAll {
            codes.retain(|code| *code != "left-behind");
        } else if lie != Lie::Region {
            assert_eq!(left(&server.endpoint).await, 0, "{lie:?}");
        }
        assert_eq!(codes, [expected], "{lie:?}: {found:?}");
    }
}

#[tokio::test]
async fn o23_a_clock_that_is_twenty_minutes_off_is_named() {
    for (ahead, word) in [(20 * 60, "behind"), (-20 * 60, "ahead of")] {
        let (found, _server) = seen(Lie::Clock(ahead), Rules::default()).await;
        assert_eq!(without_place(&found), ["clock-skew"], "{found:?}");
        let said = found
            .iter()
            .find(|finding| finding.code == Some("clock-skew"))
            .expect("a finding");
        assert_eq!(said.level, Level::Failed);
        let minutes = said.seen.contains("20 minutes") || said.seen.contains("19 minutes");
        assert!(said.seen.contains(word) && minutes, "{said:?}");
    }
    let (found, _server) = seen(Lie::Clock(90), Rules::default()).await;
    let levels: Vec<_> = found
        .iter()
        .filter(|finding| finding.code == Some("clock-skew"))
        .map(|finding| finding.level)
        .collect();
    assert_eq!(levels, [Level::Warning], "{found:?}");
}

/// As Wasabi answered newer libraries: none of our requests has a checksum.
#[tokio::test]
async fn o24_a_store_that_refuses_checksums_is_well() {
    let (found, _server) = seen(Lie::RefusesSums, Rules::default()).await;
    assert_eq!(without_place(&found), [""; 0], "{found:?}");
}

#[tokio::test]
async fn o21_each_right_that_is_missing_is_named() {
    for (rights, expected) in [
        (&[Right::List][..], "right-list"),
        (&[Right::ListUploads], "right-list-uploads"),
        (&[Right::Put], "right-put"),
        (&[Right::Multipart], "right-multipart"),
        (&[Right::Get], "right-get"),
        (&[Right::Delete], "right-delete"),
        (&[Right::Abort], "right-abort"),
        (&[Right::ListParts], "right-list-parts"),
        (
            &[Right::Put, Right::Multipart, Right::Delete, Right::Abort],
            "bucket-read-only",
        ),
    ] {
        let (found, _server) = seen(Lie::Refuses(rights), Rules::default()).await;
        let failed: Vec<_> = found
            .iter()
            .filter(|finding| finding.check == "rights")
            .filter_map(|finding| finding.code)
            .collect();
        assert!(
            failed.contains(&expected) && failed.iter().all(|code| *code == expected),
            "{rights:?}: {found:#?}"
        );
    }
    let (found, _server) = seen(Lie::Refuses(&[Right::ReadRules]), Rules::default()).await;
    assert_eq!(without_place(&found), ["lifecycle-unreadable", "versioning-unreadable"]);
}

/// What was begun is given up, also where the check ends in the middle.
#[tokio::test]
async fn o28_nothing_is_left_where_it_fails_or_is_stopped_in_the_middle() {
    let (found, server) = seen(Lie::BrokenComplete, Rules::default()).await;
    assert_eq!(without_place(&found), ["multipart-complete"]);
    assert_eq!(left(&server.endpoint).await, 0);

    let config = config(&server.endpoint, &[]);
    let bucket = bucket_of(&config, config.http.addr).expect("a bucket");
    let stranger = server
        .endpoint
        .client()
        .put_object()
        .bucket(&server.endpoint.bucket)
        .key("doctor/of-another");
    stranger.send().await.expect("an object");
    let stop = async {
        // An upload has begun by then.
        while server
            .endpoint
            .client()
            .list_multipart_uploads()
            .bucket(&server.endpoint.bucket)
            .send()
            .await
            .is_ok_and(|listed| listed.uploads().is_empty())
        {
            tokio::task::yield_now().await;
        }
    };
    let found = Patient::of(&config, &bucket).examine(stop).await;
    assert_eq!(codes(&found), ["interrupted"]);
    assert_eq!(left(&server.endpoint).await, 1, "what is another's stays");
}

#[tokio::test]
async fn o22_keys_names_and_addresses_that_are_wrong_are_named() {
    let server = LyingS3::start(Lie::Honest, Rules::default()).await.expect("a server");
    let other = LyingS3::start(Lie::Honest, Rules::default()).await.expect("a server");
    let alike = server.endpoint.url.replace("127.0.0.1", "localhost");
    for (more, expected) in [
        (("S3_ACCESS_KEY_ID", "ANOTHERKEY"), "bucket-key-unknown"),
        (("S3_SECRET_ACCESS_KEY", "another-secret"), "bucket-secret-wrong"),
        (("S3_BUCKET", "another"), "bucket-missing"),
        (("S3_ENDPOINT", "http://127.0.0.1:1"), "bucket-unreachable"),
        (
            ("S3_PUBLIC_ENDPOINT", "http://127.0.0.1:1"),
            "bucket-public-unreachable",
        ),
        (
            ("S3_PUBLIC_ENDPOINT", other.endpoint.url.as_str()),
            "bucket-public-other",
        ),
    ] {
        let found = examine(&config(&server.endpoint, &[more])).await;
        assert_eq!(without_place(&found), [expected], "{more:?}: {found:?}");
        assert_eq!(
            left(&server.endpoint).await + left(&other.endpoint).await,
            0,
            "{more:?}"
        );
    }
    // Another name of the same bucket is fine.
    let found = examine(&config(&server.endpoint, &[("S3_PUBLIC_ENDPOINT", &alike)])).await;
    assert_eq!(without_place(&found), [""; 0], "{found:?}");
    // Pages on this machine may use a bucket on it.
    let local = [("SEALDROP_PUBLIC_URL", "http://127.0.0.1:3000")];
    assert!(!codes(&examine(&config(&server.endpoint, &local)).await).contains(&"bucket-public-local"));
    // A policy of pages that has another address.
    let same = config(&server.endpoint, &[]);
    let bucket = bucket_of(&same, same.http.addr).expect("a bucket");
    let mut patient = Patient::of(&same, &bucket);
    patient.policy = Some("https://elsewhere.test/blobs/".to_owned());
    let found = patient.examine(std::future::pending()).await;
    assert_eq!(without_place(&found), ["bucket-policy"], "{found:?}");
}

/// A proxy in front puts its own policy beside that of pages.
#[tokio::test]
async fn o22_a_policy_that_arrives_at_browsers_is_looked_at() {
    let server = LyingS3::start(Lie::Honest, Rules::default()).await.expect("a server");
    for (policy, is_blocked) in [("default-src 'self'", true), ("connect-src *", false)] {
        let front = Router::new().fallback(move || async move { ([("content-security-policy", policy)], "page") });
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let public = format!("http://{}", listener.local_addr().expect("an address"));
        tokio::spawn(axum::serve(listener, front).into_future());
        let config = config(&server.endpoint, &[("SEALDROP_PUBLIC_URL", &public)]);
        let found = way::try_way(&config, config.http.addr)
            .await
            .expect("an address to try");
        let why = found.expect_err("it is not this server");
        assert_eq!(why.contains("connect-src"), is_blocked, "{policy}: {why}");
    }
}

/// The bucket of a server that has none elsewhere has no rules; all else is asked.
#[tokio::test]
async fn the_embedded_bucket_is_asked_by_itself_too() {
    let server = LocalS3Process::start().await.expect("a server");
    let config = config(&server.endpoint, &[("SEALDROP_PUBLIC_URL", "http://127.0.0.1:3000")]);
    let found = examine(&config).await;
    // Asked as an external one: it answers no preflight.
    assert!(codes(&found).contains(&"cors-missing"), "{found:?}");
    let checks: Vec<_> = found
        .iter()
        .filter(|finding| finding.level == Level::Ok)
        .map(|finding| finding.check)
        .collect();
    for check in [
        "bucket",
        "transfer",
        "lifecycle",
        "versioning",
        "public access",
        "rights",
    ] {
        assert!(checks.contains(&check), "{check}: {found:?}");
    }
    server.stop().await;
}
