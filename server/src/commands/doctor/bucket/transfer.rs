//! One upload and one download of the shape that clients make: parts by signed addresses, Complete, ranges of what is there.

use bytes::Bytes;
use http::Method;

use super::{
    desk::Desk,
    download::{no_answer, part_len, read},
    exchange::{Answer, Ask, Way, upload_query},
    rights::refused,
    xml,
};
use crate::commands::doctor::finding::Finding;

/// Bytes of the last part: less than the others, as R2 wants it.
const LAST_LEN: usize = 100;
/// Bytes of the part that is sent with other lengths.
const SIGNED_LEN: usize = 1024;

/// Sends an object in two parts and reads it.
pub(super) async fn transfer(desk: &Desk) -> Vec<Finding> {
    let mut found = Vec::new();
    match upload(desk, &mut found).await {
        Ok((key, etag)) => {
            read(desk, &key, &etag, &mut found).await;
            if found.is_empty() {
                found.push(Finding::ok(
                    "transfer",
                    "an upload of two parts (10 MiB and 100 bytes) is completed and read by range",
                ));
            }
        }
        Err(finding) => found.push(finding),
    }
    if let Some(finding) = abort(desk).await {
        found.push(finding);
    }
    found
}

async fn begin(desk: &Desk, key: &str) -> Result<String, Finding> {
    let mut ask = Ask::new(Way::Server, Method::POST, key, "uploads=");
    ask.headers = &[("content-type", "application/octet-stream")];
    let answer = desk
        .ask(ask)
        .await
        .map_err(|why| no_answer("the start of an upload", &why))?;
    let id = xml::text(&answer.text(), "UploadId").filter(|id| !id.is_empty());
    match id {
        Some(id) if answer.is_good() => {
            desk.note_begun(key, &id);
            Ok(id)
        }
        _ if answer.is_refused() => Err(refused(
            desk,
            "right-multipart",
            "begin uploads in parts",
            "s3:PutObject",
            &answer,
        )),
        _ => Err(Finding::failed(
            "transfer",
            "multipart-create",
            format!("no upload in parts can be begun: {}", answer.said()),
        )
        .because("every file is sent in parts")
        .mend("take a store that knows CreateMultipartUpload")),
    }
}

/// Puts part `n` as a browser does: no header of its own, a length that is signed.
async fn put_part(desk: &Desk, key: &str, id: &str, n: u32, signed_len: usize, body: Bytes) -> Result<Answer, String> {
    let query = format!("x-id=UploadPart&partNumber={n}&{}", upload_query(id));
    let signed_len = signed_len.to_string();
    let signed = [("content-length", signed_len.as_str())];
    let origin = desk.page.clone().unwrap_or_default();
    let headers = [("origin", origin.as_str())];
    let mut ask = Ask::new(desk.browser_way(), Method::PUT, key, &query);
    ask.signed = &signed;
    ask.headers = if desk.page.is_some() { &headers } else { &[] };
    ask.body = body;
    desk.ask(ask).await
}

async fn upload(desk: &Desk, found: &mut Vec<Finding>) -> Result<(String, String), Finding> {
    let key = desk.key("object");
    let id = begin(desk, &key).await?;
    let mut etags = Vec::new();
    for (n, len) in [(1, part_len()), (2, LAST_LEN)] {
        let body = Bytes::from(vec![n as u8; len]);
        let answer = put_part(desk, &key, &id, n, len, body).await;
        let answer = answer.map_err(|why| no_answer("a part", &why))?;
        if answer.is_refused() {
            return Err(refused(desk, "right-multipart", "take parts", "s3:PutObject", &answer));
        }
        match answer.etag() {
            Some(etag) if answer.is_good() => etags.push((n, etag)),
            _ => return Err(part_failed(&answer)),
        }
    }
    other_lengths(desk, &key, &id, found).await;
    listed(desk, &key, &id, found).await;
    complete(desk, &key, &id, &etags).await?;
    desk.note_ended(&id);
    let head = desk.ask(Ask::new(Way::Server, Method::HEAD, &key, "")).await;
    let head = head.map_err(|why| no_answer("HEAD", &why))?;
    let len = head.header("content-length").and_then(|len| len.parse::<usize>().ok());
    let expected = part_len() + LAST_LEN;
    if head.is_refused() {
        return Err(refused(desk, "right-get", "read objects", "s3:GetObject", &head));
    }
    match (head.etag(), len) {
        (Some(etag), Some(len)) if head.status.is_success() && len == expected => Ok((key, etag)),
        _ => Err(Finding::failed(
            "transfer",
            "multipart-head",
            format!(
                "after Complete the object is not there as it was sent: {} with {} bytes in place of {expected}",
                head.status,
                len.map_or_else(|| "no".to_owned(), |len| len.to_string())
            ),
        )
        .because("links would lead to files that cannot be opened")
        .mend("this store does not keep what it confirms; take another one, or look at its log")),
    }
}

fn part_failed(answer: &Answer) -> Finding {
    let found = Finding::failed(
        "transfer",
        "multipart-part",
        format!("a part of 10 MiB is not taken: {}", answer.said()),
    );
    match answer.status.as_u16() {
        413 => found.mend("a proxy before the bucket takes no body of that length (nginx: client_max_body_size 16m)"),
        507 => found.mend("the disk of the bucket is full"),
        _ => found.mend("look at the log of the store or of the proxy before it"),
    }
    .because("files are sent in parts of 10 MiB")
}

/// A body of another length than what was signed must not be taken.
async fn other_lengths(desk: &Desk, key: &str, id: &str, found: &mut Vec<Finding>) {
    for (len, word) in [(2 * SIGNED_LEN, "longer"), (SIGNED_LEN / 2, "shorter")] {
        let put = put_part(desk, key, id, 3, SIGNED_LEN, Bytes::from(vec![3; len])).await;
        // A store may also end the connection.
        if put.is_ok_and(|answer| answer.status.is_success()) {
            let seen = format!("a part was taken that is {word} than what its address was signed for");
            found.push(
                Finding::failed("transfer", "length-not-enforced", seen)
                    .because("an address for one part lets a client store any amount, at your expense")
                    .mend("the store, or a proxy before it, drops Content-Length from what is signed: pass it on as it came, or take another store"),
            );
            return;
        }
    }
}

/// The server asks what is there before an upload is resumed.
async fn listed(desk: &Desk, key: &str, id: &str, found: &mut Vec<Finding>) {
    let query = upload_query(id);
    let Ok(answer) = desk.ask(Ask::new(Way::Server, Method::GET, key, &query)).await else {
        return;
    };
    if answer.is_refused() {
        found.push(refused(
            desk,
            "right-list-parts",
            "list the parts of an upload",
            "s3:ListMultipartUploadParts",
            &answer,
        ));
    } else if !answer.is_good() || xml::elements(&answer.text(), "Part").is_empty() {
        found.push(
            Finding::failed(
                "transfer",
                "multipart-list",
                format!("parts that were taken are not listed: {}", answer.said()),
            )
            .because("an upload that was interrupted is resumed from that list")
            .mend("take a store that knows ListParts"),
        );
    }
    let answer = desk
        .ask(Ask::new(
            Way::Server,
            Method::GET,
            "",
            "uploads=&max-uploads=1&prefix=doctor%2F",
        ))
        .await;
    if let Ok(answer) = answer
        && answer.is_refused()
    {
        found.push(refused(
            desk,
            "right-list-uploads",
            "list unfinished uploads",
            "s3:ListBucketMultipartUploads",
            &answer,
        ));
    }
}

async fn complete(desk: &Desk, key: &str, id: &str, etags: &[(u32, String)]) -> Result<(), Finding> {
    let parts = etags.iter().map(|(n, etag)| {
        let etag = xml::escape(etag);
        format!("<Part><PartNumber>{n}</PartNumber><ETag>{etag}</ETag></Part>")
    });
    let body = format!(
        "<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">{}</CompleteMultipartUpload>",
        parts.collect::<String>()
    );
    let query = upload_query(id);
    let mut ask = Ask::new(Way::Server, Method::POST, key, &query);
    ask.headers = &[("content-type", "application/xml")];
    ask.body = Bytes::from(body);
    let answer = desk.ask(ask).await.map_err(|why| no_answer("Complete", &why))?;
    if answer.is_good() {
        return Ok(());
    }
    if answer.is_refused() {
        return Err(refused(
            desk,
            "right-multipart",
            "complete uploads",
            "s3:PutObject",
            &answer,
        ));
    }
    let said = answer.said();
    let is_about_lengths = said.contains("same length") || said.contains("EntityTooSmall") || said.contains("equal");
    let why = if is_about_lengths {
        "the store wants parts of other lengths than 10 MiB and a shorter last one, and says so only now: uploads run to 100 % and fail"
    } else {
        "uploads run to 100 % and fail"
    };
    Err(Finding::failed("transfer", "multipart-complete", format!("the upload cannot be completed: {said}"))
        .because(why)
        .mend("look whether a proxy or a plugin of the store changes parts on the way; Sealdrop's are 10 MiB each and the last one shorter, as R2 and AWS want them"))
}

/// Begins another upload and gives it up: it must be gone then.
async fn abort(desk: &Desk) -> Option<Finding> {
    let key = desk.key("given-up");
    let id = begin(desk, &key).await.ok()?;
    let query = upload_query(&id);
    let answer = desk
        .ask(Ask::new(Way::Server, Method::DELETE, &key, &query))
        .await
        .ok()?;
    if answer.is_refused() {
        return Some(refused(
            desk,
            "right-abort",
            "give up an upload",
            "s3:AbortMultipartUpload",
            &answer,
        ));
    }
    if !answer.status.is_success() {
        return Some(
            Finding::failed(
                "transfer",
                "multipart-abort",
                format!("an upload cannot be given up: {}", answer.said()),
            )
            .because("parts of uploads that were left stay, and are billed")
            .mend("set the lifecycle rule AbortIncompleteMultipartUpload, and look at the store's log"),
        );
    }
    desk.note_ended(&id);
    None
}
