//! What the bucket does by itself, and what `--fix` sets.

use sealdrop_test_support::s3::lying::{GOOD_CORS, GOOD_LIFECYCLE, Lie, LyingS3, Right, Rules};

use super::{codes, config, examine, seen, without_place};
use crate::{
    commands::doctor::{bucket::Patient, finding::Finding},
    start::bucket_of,
};

#[tokio::test]
async fn o20_each_gap_in_the_rules_is_found_and_mended() {
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
async fn o25_rules_that_delete_or_keep_are_found() {
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
async fn o26_a_key_without_the_rights_sets_nothing() {
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
async fn o25_a_public_bucket_is_found() {
    let (found, _server) = seen(Lie::Public, Rules::default()).await;
    assert_eq!(
        without_place(&found),
        ["bucket-public-list", "bucket-public-read", "bucket-public-write"]
    );
}
