//! Keys, names and addresses that are wrong.

use anyhow::ensure;

use super::operator::{Operator, gives_up};
use crate::s3::{NOT_LISTING_KEY, READING_KEY, WRITING_KEY};

pub(super) async fn o21_a_key_without_a_right_is_found(o: &Operator) -> anyhow::Result<()> {
    o.bucket("rights", None, vec![gives_up()?]).await?;
    for (key, expected) in [
        (READING_KEY, "bucket-read-only"),
        (WRITING_KEY, "right-get"),
        (NOT_LISTING_KEY, "right-list"),
    ] {
        let said = o.ask("rights", &[], &[("S3_ACCESS_KEY_ID", key)]).await?;
        ensure!(said.codes.contains(&expected.to_owned()), "{key}: {:?}", said.codes);
    }
    // What the check put is gone, as far as each key may.
    let listed = o.client.list_objects_v2().bucket("rights").send().await?;
    let keys: Vec<_> = listed.contents().iter().filter_map(|object| object.key()).collect();
    ensure!(keys.is_empty(), "left behind: {keys:?}");
    Ok(())
}

pub(super) async fn o22_keys_names_and_addresses_that_are_wrong_are_named(o: &Operator) -> anyhow::Result<()> {
    o.bucket("addresses", None, vec![gives_up()?]).await?;
    for (name, value, code) in [
        ("S3_ACCESS_KEY_ID", "ANOTHERKEY", "bucket-key-unknown"),
        ("S3_SECRET_ACCESS_KEY", "another-secret", "bucket-secret-wrong"),
        ("S3_BUCKET", "not-there", "bucket-missing"),
        ("S3_ENDPOINT", "http://127.0.0.1:1", "bucket-unreachable"),
        ("S3_PUBLIC_ENDPOINT", "http://127.0.0.1:1", "bucket-public-unreachable"),
    ] {
        let said = o.ask("addresses", &[], &[(name, value)]).await?;
        ensure!(said.codes.contains(&code.to_owned()), "{name}: {:?}", said.codes);
    }
    Ok(())
}
