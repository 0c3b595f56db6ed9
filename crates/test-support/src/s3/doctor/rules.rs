//! Rules of buckets that are wrong or missing.

use anyhow::ensure;
use aws_sdk_s3::types::{BucketVersioningStatus, VersioningConfiguration};

use super::operator::{Operator, cors_without, deletes, gives_up};
use crate::s3::READING_KEY;

const FIX: [&str; 2] = ["--fix", "--yes"];

/// Without any CORS rule this store lets every page in, so only the other rule is missing.
pub(super) async fn o20_what_is_missing_is_set_and_a_second_time_is_nothing(o: &Operator) -> anyhow::Result<()> {
    o.bucket("nothing-set", None, Vec::new()).await?;
    o.expect("nothing-set", &[], &[], &["lifecycle-abort-missing"]).await?;
    let said = o.expect("nothing-set", &FIX, &[], &[]).await?;
    ensure!(
        said.told.contains("+ <Rule><ID>sealdrop-abort-incomplete"),
        "{}",
        said.told
    );
    let rules = o.rules("nothing-set").await;
    let said = o.expect("nothing-set", &FIX, &[], &[]).await?;
    ensure!(said.told.contains("nothing is to be set"), "{}", said.told);
    ensure!(rules == o.rules("nothing-set").await, "a second time is nothing");
    Ok(())
}

pub(super) async fn o20_each_gap_in_cors_is_found_and_mended(o: &Operator) -> anyhow::Result<()> {
    for (bucket, left_out, code) in [
        ("without-put", "PUT", "cors-method"),
        ("without-range", "range", "cors-header"),
        ("without-if-match", "if-match", "cors-header"),
        ("without-etag", "ETag", "cors-expose"),
    ] {
        let cors = cors_without(&o.page(), left_out)?;
        o.bucket(bucket, Some(cors), vec![gives_up()?]).await?;
        o.expect(bucket, &[], &[], &[code]).await?;
        let said = o.expect(bucket, &FIX, &[], &[]).await?;
        ensure!(said.told.contains("+ <CORSRule><ID>sealdrop"), "{}", said.told);
    }
    let whole = cors_without(&o.page(), "")?;
    o.bucket("whole", Some(whole), vec![gives_up()?]).await?;
    o.expect("whole", &[], &[], &[]).await?;
    Ok(())
}

pub(super) async fn o25_a_bucket_that_deletes_keeps_or_shows_is_found(o: &Operator) -> anyhow::Result<()> {
    o.bucket("deletes", None, vec![gives_up()?, deletes("")?]).await?;
    o.expect("deletes", &[], &[], &["lifecycle-deletes"]).await?;
    let rules = o.rules("deletes").await;
    o.expect("deletes", &FIX, &[], &["lifecycle-deletes"]).await?;
    ensure!(
        rules == o.rules("deletes").await,
        "a rule of others is theirs to change"
    );

    o.bucket("versioned", None, vec![gives_up()?]).await?;
    let keeps = VersioningConfiguration::builder()
        .status(BucketVersioningStatus::Enabled)
        .build();
    let put = o.client.put_bucket_versioning().bucket("versioned");
    put.versioning_configuration(keeps).send().await?;
    o.expect("versioned", &[], &[], &["bucket-versioned"]).await?;

    o.bucket("public", None, vec![gives_up()?]).await?;
    let policy = serde_json::json!({ "Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": "*", "Action": ["s3:GetObject", "s3:ListBucket"],
        "Resource": ["arn:aws:s3:::public", "arn:aws:s3:::public/*"],
    }] });
    let put = o.client.put_bucket_policy().bucket("public").policy(policy.to_string());
    put.send().await?;
    let open = ["bucket-public-list", "bucket-public-read"];
    o.expect("public", &[], &[], &open).await?;
    Ok(())
}

pub(super) async fn o26_rules_of_others_are_shown_and_stay(o: &Operator) -> anyhow::Result<()> {
    let other = cors_without("https://other.test", "")?;
    o.bucket("shared", Some(other), vec![deletes("logs/")?]).await?;
    o.expect("shared", &[], &[], &["cors-origin", "lifecycle-abort-missing"])
        .await?;
    let said = o.expect("shared", &FIX, &[], &[]).await?;
    for line in ["\n    <CORSRule>", "\n  + <CORSRule><ID>sealdrop", "\n    <Rule>"] {
        ensure!(said.told.contains(line), "{line} is not shown: {}", said.told);
    }
    let kept = o.rules("shared").await;
    for what in ["https://other.test", "logs/", "sealdrop-abort-incomplete", &o.page()] {
        ensure!(kept.contains(what), "{what} is not there: {kept}");
    }
    Ok(())
}

pub(super) async fn o26_nothing_is_set_that_was_not_agreed_to(o: &Operator) -> anyhow::Result<()> {
    let other = || cors_without("https://other.test", "");
    o.bucket("not-asked", Some(other()?), Vec::new()).await?;
    let before = o.rules("not-asked").await;
    // Nobody is there to say yes; then a key that may not.
    let found = ["cors-origin", "fix-failed", "lifecycle-abort-missing"];
    let said = o.expect("not-asked", &["--fix"], &[], &found).await?;
    ensure!(
        said.told.contains("+ <CORSRule>"),
        "what would change is shown: {}",
        said.told
    );
    let said = o.ask("not-asked", &FIX, &[("S3_ACCESS_KEY_ID", READING_KEY)]).await?;
    ensure!(said.codes.contains(&"fix-failed".to_owned()), "{:?}", said.codes);
    ensure!(before == o.rules("not-asked").await, "the rules were changed");

    // Another installation's bucket.
    o.bucket("foreign", Some(other()?), Vec::new()).await?;
    let mark = o.client.put_object().bucket("foreign").key("installation");
    mark.body(b"Sealdrop installation 00ff\n".to_vec().into())
        .send()
        .await?;
    let before = o.rules("foreign").await;
    let found = ["bucket-foreign", "cors-origin", "fix-failed", "lifecycle-abort-missing"];
    o.expect("foreign", &FIX, &[], &found).await?;
    ensure!(
        before == o.rules("foreign").await,
        "another installation's rules were changed"
    );
    Ok(())
}
