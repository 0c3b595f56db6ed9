//! Counting what happens. Only after the transaction that makes it true.

use metrics::counter;

use super::list::{BUCKET_ERRORS, CLAIMS, JOB_RUNS, LINKS, MAILS, SIGNED, UPLOAD_BYTES, UPLOADS};

/// A URL was signed, for this method in capitals.
pub(crate) fn count_signed(method: &str) {
    let method = if method == "PUT" { "put" } else { "get" };
    counter!(SIGNED, "method" => method).increment(1);
}

/// An object was `reserved` or `committed`, with so many sealed bytes.
pub(crate) fn count_upload(event: &'static str, sealed_len: u64) {
    counter!(UPLOADS, "event" => event).increment(1);
    counter!(UPLOAD_BYTES, "event" => event).increment(sealed_len);
}

/// A link was `created` or `revoked`.
pub(crate) fn count_link(event: &'static str) {
    counter!(LINKS, "event" => event).increment(1);
}

/// A claim was `created`, `committed` or `released`, to download or only to look.
pub(crate) fn count_claim(event: &'static str, is_download: bool) {
    let purpose = if is_download { "download" } else { "preview" };
    counter!(CLAIMS, "event" => event, "purpose" => purpose).increment(1);
}

/// A run of a job ended as `done`, `failed`, `dead`, `lost` or `stopped`. `kind` is a constant of the registry.
pub(crate) fn count_job(kind: &'static str, outcome: &'static str) {
    counter!(JOB_RUNS, "kind" => kind, "outcome" => outcome).increment(1);
}

/// A mail was `sent`, is `delayed`, `failed` or `expired`.
pub(crate) fn count_mail(outcome: &'static str) {
    counter!(MAILS, "outcome" => outcome).increment(1);
}

/// A call to the bucket failed; `kind` is one of the list.
pub(crate) fn count_bucket_error(kind: &'static str) {
    counter!(BUCKET_ERRORS, "kind" => kind).increment(1);
}
