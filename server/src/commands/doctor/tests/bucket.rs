//! The bucket: one fault each.

use sealdrop_test_support::s3::{
    Endpoint, LocalS3Process,
    lying::{GOOD_CORS, GOOD_LIFECYCLE, Lie, LyingS3, Right, Rules},
};

use super::{codes, config_with};
use crate::{
    commands::doctor::{
        bucket::Patient,
        finding::{Finding, Level},
    },
    config::Config,
    start::bucket_of,
};

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
        let is_explained = finding.why.is_some() || finding.mend.is_some();
        assert!(finding.level == Level::Ok || is_explained, "{finding:?}");
        let text = finding.text();
        assert!(!text.contains("X-Amz-") && !text.contains("test-secret-key"), "{text}");
    }
    (found, server)
}

#[tokio::test]
async fn an_honest_bucket_is_well_and_nothing_is_left_in_it() {
    let (found, server) = seen(Lie::Honest, Rules::default()).await;
    assert_eq!(without_place(&found), [""; 0], "{found:?}");
    assert_eq!(codes(&found), ["bucket-public-http", "bucket-public-local"]);
    assert_eq!(left(&server.endpoint).await, 0);
}

#[tokio::test]
async fn each_lie_is_found() {
    for (lie, expected) in [
        (Lie::AnyLength, "length-not-enforced"),
        (Lie::NoComplete, "multipart-complete"),
        (Lie::NoRange, "range-ignored"),
        (Lie::NoIfMatch, "if-match-ignored"),
        (Lie::Clock(20 * 60), "clock-skew"),
        (Lie::Clock(-20 * 60), "clock-skew"),
        (Lie::KeepsAll, "delete-ignored"),
        (Lie::Region, "bucket-region"),
        (Lie::WantsSums, "bucket-checksums"),
        (Lie::Credentials, "cors-credentials"),
    ] {
        let (found, server) = seen(lie, Rules::default()).await;
        let mut codes = without_place(&found);
        if lie == Lie::KeepsAll {
            codes.retain(|code| *code != "left-behind");
        } else {
            assert_eq!(left(&server.endpoint).await, 0, "{lie:?}");
        }
        assert_eq!(codes, [expected], "{lie:?}: {found:?}");
    }
}

#[tokio::test]
async fn a_public_bucket_is_found() {
    let (found, _server) = seen(Lie::Public, Rules::default()).await;
    assert_eq!(without_place(&found), ["bucket-public-list", "bucket-public-read"]);
}

/// As Wasabi answered newer libraries: none of our requests has a checksum.
#[tokio::test]
async fn a_store_that_refuses_checksums_is_well() {
    let (found, _server) = seen(Lie::RefusesSums, Rules::default()).await;
    assert_eq!(without_place(&found), [""; 0], "{found:?}");
}

#[tokio::test]
async fn each_right_that_is_missing_is_named() {
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
async fn nothing_is_left_where_it_fails_or_is_stopped_in_the_middle() {
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
async fn each_gap_in_the_rules_is_found_and_mended() {
    let without = |part: &str| GOOD_CORS.replace(part, "");
    let other = GOOD_CORS.replace("https://drop.test", "https://other.test");
    for (cors, expected) in [
        (String::new(), "cors-missing"),
        (other.clone(), "cors-origin"),
        (without("<AllowedMethod>PUT</AllowedMethod>"), "cors-method"),
        (without("<AllowedMethod>HEAD</AllowedMethod>"), "cors-method"),
        (without("<AllowedHeader>if-match</AllowedHeader>"), "cors-header"),
        (without("<ExposeHeader>ETag</ExposeHeader>"), "cors-expose"),
    ] {
        let rules = Rules {
            cors: cors.clone(),
            ..Rules::default()
        };
        let (found, server) = seen(Lie::Honest, rules).await;
        assert_eq!(without_place(&found), [expected], "{cors}: {found:?}");
        mend(&server, &found).await;
        let kept = server.rules().cors;
        assert!(
            cors.is_empty() || kept.contains("<CORSRule><AllowedOrigin>"),
            "the other rule stays: {kept}"
        );
        assert_eq!(
            without_place(&examine(&config(&server.endpoint, &[])).await),
            [""; 0],
            "{kept}"
        );
    }
}

async fn mend(server: &LyingS3, found: &[Finding]) {
    let config = config(&server.endpoint, &[]);
    let bucket = bucket_of(&config, config.http.addr).expect("a bucket");
    let patient = Patient::of(&config, &bucket);
    let changes = patient.planned(found).await.expect("changes");
    assert_eq!(changes.len(), 1);
    assert!(changes[0].lines().iter().any(|line| line.starts_with("+ ")));
    patient.set(&changes[0]).await.expect("set");
    assert!(
        patient
            .set(&changes[0])
            .await
            .is_err_and(|why| why.contains("changed meanwhile"))
    );
}

#[tokio::test]
async fn rules_that_delete_or_keep_are_found() {
    let rule = |more: &str, prefix: &str| {
        format!(
            "<Rule><ID>x</ID><Filter><Prefix>{prefix}</Prefix></Filter><Status>Enabled</Status>{more}</Rule></LifecycleConfiguration>"
        )
    };
    let with = |rule: String| GOOD_LIFECYCLE.replace("</LifecycleConfiguration>", &rule);
    let deletes = "<Expiration><Days>30</Days></Expiration>";
    for (lifecycle, expected) in [
        (with(rule(deletes, "")), &["lifecycle-deletes"][..]),
        (with(rule(deletes, "o/")), &["lifecycle-deletes"]),
        (with(rule(deletes, "logs/")), &[]),
        (with(rule(deletes, "").replace("Enabled", "Disabled")), &[]),
        (
            with(rule("<Transition><Days>1</Days></Transition>", "")),
            &["lifecycle-moves"],
        ),
        (GOOD_LIFECYCLE.replace(">7<", ">1<"), &["lifecycle-abort-early"]),
        (
            with(rule("", ""))
                .replace("AbortIncompleteMultipartUpload", "Other")
                .replace("DaysAfterInitiation", "Days"),
            &["lifecycle-abort-missing"],
        ),
    ] {
        let rules = Rules {
            lifecycle: lifecycle.clone(),
            ..Rules::default()
        };
        let (found, server) = seen(Lie::Honest, rules).await;
        assert_eq!(without_place(&found), expected, "{lifecycle}");
        if expected.contains(&"lifecycle-abort-missing") {
            mend(&server, &found).await;
            let kept = server.rules().lifecycle;
            assert!(kept.contains("<ID>x</ID>"), "{kept}");
            assert_eq!(
                without_place(&examine(&config(&server.endpoint, &[])).await),
                [""; 0],
                "{kept}"
            );
        }
    }
    let rules = Rules {
        is_versioned: true,
        ..Rules::default()
    };
    let (found, _server) = seen(Lie::Honest, rules).await;
    assert_eq!(without_place(&found), ["bucket-versioned"]);
}

/// What cannot be seen is not overwritten, and what may not be set is said.
#[tokio::test]
async fn a_key_without_the_rights_sets_nothing() {
    let none = || Rules {
        cors: String::new(),
        ..Rules::default()
    };
    for (rights, word) in [
        (&[Right::ReadRules][..], "does not show"),
        (&[Right::SetRules], "cannot be set"),
    ] {
        let (found, server) = seen(Lie::Refuses(rights), none()).await;
        assert!(codes(&found).contains(&"cors-missing"), "{found:?}");
        let config = config(&server.endpoint, &[]);
        let bucket = bucket_of(&config, config.http.addr).expect("a bucket");
        let patient = Patient::of(&config, &bucket);
        let failed = match patient.planned(&found).await {
            Ok(changes) => patient.set(&changes[0]).await.expect_err("no right"),
            Err(why) => why,
        };
        assert!(failed.contains(word) && failed.contains("S3_ACCESS_KEY_ID"), "{failed}");
        assert_eq!(server.rules().cors, "");
    }
}

#[tokio::test]
async fn keys_names_and_addresses_that_are_wrong_are_named() {
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
    for check in ["bucket", "transfer", "public access", "rights"] {
        assert!(checks.contains(&check), "{check}: {found:?}");
    }
    server.stop().await;
}
