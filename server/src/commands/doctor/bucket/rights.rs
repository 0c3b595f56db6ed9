//! What the key may do, one request for each right.

use http::Method;

use super::{
    desk::Desk,
    exchange::{Answer, Ask, Way},
};
use crate::commands::doctor::finding::Finding;

/// A right that is missing.
pub(super) fn refused(desk: &Desk, code: &'static str, what: &str, action: &str, answer: &Answer) -> Finding {
    let on_objects = if action.starts_with("s3:List") && action != "s3:ListMultipartUploadParts" {
        ""
    } else {
        "/*"
    };
    Finding::failed("rights", code, format!("the key may not {what} ({})", answer.said()))
        .because(match code {
            "right-put" | "right-multipart" => "nothing can be sent",
            "right-get" => "nothing can be received",
            "right-delete" => {
                "what expired and what users delete stays in the bucket, readable with the key and billed"
            }
            "right-abort" | "right-list-uploads" => "parts of uploads that were left stay, and are billed",
            "right-list-parts" => "an upload that was interrupted cannot be resumed",
            _ => "the server needs it",
        })
        .mend(format!(
            "allow {action} on arn:aws:s3:::{}{on_objects} (docs/guide/buckets: What the key needs)",
            desk.config.bucket
        ))
}

/// Puts and reads a small object. Its key, where it is there.
pub(super) async fn put_and_get(desk: &Desk, found: &mut Vec<Finding>) -> Option<String> {
    if let Err(said) = desk.put_as_server().await {
        found.push(put_failed(desk, &said));
        return None;
    }
    let key = desk.key("small");
    let len = [("content-length", "5")];
    let mut ask = Ask::new(Way::Server, Method::PUT, &key, "");
    ask.signed = &len;
    ask.body = "probe".into();
    if let Ok(answer) = desk.ask(ask).await
        && answer.is_refused()
    {
        found.push(refused(desk, "right-put", "put objects", "s3:PutObject", &answer));
        return None;
    }
    match desk.ask(Ask::new(Way::Server, Method::GET, &key, "")).await {
        Ok(answer) if answer.is_refused() => {
            found.push(refused(desk, "right-get", "read objects", "s3:GetObject", &answer));
            Some(key)
        }
        Ok(answer) if answer.is_good() && answer.body == b"probe" => Some(key),
        Ok(answer) => {
            found.push(
                Finding::failed(
                    "bucket",
                    "object-not-kept",
                    format!("an object that was put is not there: {}", answer.said()),
                )
                .because("the store does not keep what it confirms")
                .mend("look at the store's log"),
            );
            None
        }
        Err(_) => None,
    }
}

/// The server's own library puts without sums. Some stores want sums, others refuse them.
fn put_failed(desk: &Desk, said: &str) -> Finding {
    let lower = said.to_lowercase();
    if lower.contains("checksum") || lower.contains("content-md5") || lower.contains("x-amz-sdk") {
        return Finding::failed("bucket", "bucket-checksums", format!("the store wants checksums, or refuses them: {said}"))
            .because("browsers send parts without a sum, and the server asks its library for none; Object Lock demands one")
            .mend("turn Object Lock off (a new bucket without it), or the rule of the store that asks for x-amz-checksum or Content-MD5");
    }
    if lower.contains("403") || lower.contains("401") {
        let action = "s3:PutObject";
        return Finding::failed("rights", "right-put", format!("the key may not put objects ({said})"))
            .because("nothing can be sent")
            .mend(format!(
                "allow {action} on arn:aws:s3:::{}/* (docs/guide/buckets: What the key needs)",
                desk.config.bucket
            ));
    }
    Finding::failed("bucket", "bucket-put", format!("a small object is not taken: {said}"))
        .because("nothing can be sent")
        .mend("look at the store's log: a disk that is full, a quota, a bucket that is frozen")
}

/// Deletes an object, and looks whether it is gone. A key that may not is asked with a key that is not there, too.
pub(super) async fn delete(desk: &Desk, key: &str) -> Option<Finding> {
    let answer = desk.ask(Ask::new(Way::Server, Method::DELETE, key, "")).await.ok()?;
    if answer.is_refused() {
        return Some(refused(
            desk,
            "right-delete",
            "delete objects",
            "s3:DeleteObject",
            &answer,
        ));
    }
    let head = desk.ask(Ask::new(Way::Server, Method::HEAD, key, "")).await.ok()?;
    head.status.is_success().then(|| {
        Finding::failed(
            "rights",
            "delete-ignored",
            format!("an object that was deleted ({}) is still there", answer.status),
        )
        .because("what expired stays readable and is billed; Object Lock or a retention rule does so")
        .mend("turn Object Lock and retention off for this bucket")
    })
}

/// Where nothing may be written, one finding says so.
pub(super) fn summed_up(mut found: Vec<Finding>) -> Vec<Finding> {
    const WRITING: [&str; 2] = ["right-put", "right-multipart"];
    // One right may be missing at several requests.
    let mut named = Vec::new();
    found.retain(|finding| {
        let is_again = finding.check == "rights" && finding.code.is_some() && named.contains(&finding.code);
        named.push(finding.code);
        !is_again
    });
    let has = |found: &[Finding], code: &str| found.iter().any(|finding| finding.code == Some(code));
    let is_writing = |code: &str| WRITING.contains(&code) || code == "right-delete";
    if WRITING.iter().all(|code| has(&found, code)) && has(&found, "right-delete") {
        let said = found.iter().find(|finding| finding.code == Some("right-put"));
        let said = said.map(|finding| finding.seen.clone()).unwrap_or_default();
        found.retain(|finding| !finding.code.is_some_and(is_writing));
        found.push(
            Finding::failed("rights", "bucket-read-only", format!("nothing can be written or deleted: {said}"))
                .because("nothing can be sent, and what expired stays")
                .mend("give the key the rights to write (docs/guide/buckets: What the key needs), or take the bucket out of read-only mode"),
        );
    }
    found
}
