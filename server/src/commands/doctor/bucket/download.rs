//! One download as browsers make it: a range of an object, as of one version.

use http::{Method, StatusCode};
use sealdrop_api::limits::PART_LEN;

use super::{desk::Desk, exchange::Ask, rights::refused};
use crate::commands::doctor::finding::Finding;

/// The length of every part but the last.
pub(super) fn part_len() -> usize {
    usize::try_from(PART_LEN).unwrap_or(0)
}

pub(super) fn no_answer(what: &str, why: &str) -> Finding {
    Finding::failed("transfer", "transfer-cut-off", format!("the connection ended during {what}: {why}"))
        .because("uploads and downloads end in the same way")
        .mend("look at what is between here and the bucket: a proxy must take bodies of 10 MiB (nginx: client_max_body_size 16m)")
}

/// Reads a range across both parts, as of the version that was sent, and of another one.
pub(super) async fn read(desk: &Desk, key: &str, etag: &str, found: &mut Vec<Finding>) {
    let start = part_len() - 4;
    let range = format!("bytes={start}-{}", start + 7);
    let origin = desk.page.clone().unwrap_or_default();
    let get = async |etag: &str| {
        let mut headers = vec![("range", range.as_str()), ("if-match", etag)];
        if desk.page.is_some() {
            headers.push(("origin", origin.as_str()));
        }
        let mut ask = Ask::new(desk.browser_way(), Method::GET, key, "");
        ask.headers = &headers;
        desk.ask(ask).await
    };
    match get(etag).await {
        Err(why) => found.push(no_answer("a download", &why)),
        Ok(answer) if answer.is_refused() => {
            found.push(refused(desk, "right-get", "read objects", "s3:GetObject", &answer));
        }
        Ok(answer) if answer.status == StatusCode::PARTIAL_CONTENT && answer.body == [1, 1, 1, 1, 2, 2, 2, 2] => {}
        Ok(answer) => found.push(
            Finding::failed(
                "transfer",
                "range-ignored",
                format!(
                    "a GET of 8 bytes by Range is answered with {} and {} bytes",
                    answer.status,
                    answer.body.len()
                ),
            )
            .because("files are read in pieces: downloads fail, and cost as much as if all of it had been read")
            .mend("a proxy or cache before the bucket must pass Range on; else take another store"),
        ),
    }
    if let Ok(answer) = get("\"00000000000000000000000000000000\"").await
        && answer.status.is_success()
    {
        found.push(
            Finding::failed(
                "transfer",
                "if-match-ignored",
                format!(
                    "a GET with If-Match of another version is answered with {}",
                    answer.status
                ),
            )
            .because(
                "a download that goes on while the object is replaced would mix two of them; the seal catches it, late",
            )
            .mend("a proxy or cache before the bucket must pass If-Match on; else take another store"),
        );
    }
}
