//! Ranges of an object, also across the border of its parts.

use anyhow::ensure;

use super::{
    bench::{Bench, MIB, ensure_same, seen_http},
    case::{Case, case},
    multipart::two_parts,
};

pub(super) fn cases() -> Vec<Case> {
    vec![
        case!(range_from_the_start, "206"),
        case!(range_of_one_byte, "206"),
        case!(range_across_parts, "206"),
        case!(range_to_the_end, "206"),
        case!(range_past_the_end_is_clipped, "206"),
        case!(range_of_the_last_bytes, "206"),
        case!(range_of_more_last_bytes_than_there_are, "206"),
        case!(range_behind_the_end, "416 InvalidRange"),
        case!(range_of_the_last_zero_bytes, "416 InvalidRange"),
        case!(range_of_an_empty_object, "416 InvalidRange"),
        case!(range_that_is_none, "200", Local: "400 InvalidArgument", "refused by the protocol layer, rather than answered with more than was asked for"),
        case!(range_under_a_condition, "206 412"),
    ]
}

/// Asks for `range` of 5 MiB and 7 bytes in two parts, and compares with the same cut of what was sent.
async fn ask(b: &Bench, range: &str, wanted: std::ops::Range<usize>) -> anyhow::Result<String> {
    let key = b.key("object");
    let whole = two_parts(b, &key, 1).await?;
    let answer = b
        .http
        .get(b.sign_get(&key, 60).await?)
        .header("range", range)
        .send()
        .await?;
    let status = answer.status().as_u16();
    if status != 206 && status != 200 {
        return seen_http(answer).await;
    }
    let told = answer
        .headers()
        .get("content-range")
        .and_then(|value| value.to_str().ok())
        .map(str::to_owned);
    let body = answer.bytes().await?;
    ensure_same(&body, &whole[wanted.clone()])?;
    if status == 206 {
        let right = format!("bytes {}-{}/{}", wanted.start, wanted.end - 1, whole.len());
        ensure!(told.as_deref() == Some(&*right), "Content-Range {told:?}");
    }
    Ok(status.to_string())
}

const LEN: usize = 5 * MIB + 7;

async fn range_from_the_start(b: &Bench) -> anyhow::Result<String> {
    ask(b, "bytes=0-99", 0..100).await
}

async fn range_of_one_byte(b: &Bench) -> anyhow::Result<String> {
    ask(b, "bytes=5242879-5242879", 5 * MIB - 1..5 * MIB).await
}

async fn range_across_parts(b: &Bench) -> anyhow::Result<String> {
    ask(b, "bytes=5242870-5242885", 5 * MIB - 10..5 * MIB + 6).await
}

async fn range_to_the_end(b: &Bench) -> anyhow::Result<String> {
    ask(b, "bytes=5000000-", 5_000_000..LEN).await
}

async fn range_past_the_end_is_clipped(b: &Bench) -> anyhow::Result<String> {
    ask(b, "bytes=5242880-99999999", 5 * MIB..LEN).await
}

async fn range_of_the_last_bytes(b: &Bench) -> anyhow::Result<String> {
    ask(b, "bytes=-128", LEN - 128..LEN).await
}

async fn range_of_more_last_bytes_than_there_are(b: &Bench) -> anyhow::Result<String> {
    ask(b, "bytes=-99999999", 0..LEN).await
}

async fn range_behind_the_end(b: &Bench) -> anyhow::Result<String> {
    ask(b, &format!("bytes={LEN}-"), 0..0).await
}

async fn range_of_the_last_zero_bytes(b: &Bench) -> anyhow::Result<String> {
    ask(b, "bytes=-0", 0..0).await
}

async fn range_of_an_empty_object(b: &Bench) -> anyhow::Result<String> {
    let key = b.key("object");
    b.put(&key, "").await?;
    seen_http(
        b.http
            .get(b.sign_get(&key, 60).await?)
            .header("range", "bytes=0-9")
            .send()
            .await?,
    )
    .await
}

async fn range_that_is_none(b: &Bench) -> anyhow::Result<String> {
    ask(b, "records=1-2", 0..LEN).await
}

async fn range_under_a_condition(b: &Bench) -> anyhow::Result<String> {
    let key = b.key("object");
    let etag = b.put(&key, "some bytes").await?;
    let get = async |etag: &str| {
        let request = b
            .http
            .get(b.sign_get(&key, 60).await?)
            .header("range", "bytes=5-9")
            .header("if-match", etag);
        let answer = request.send().await?;
        let status = answer.status().as_u16();
        if status == 206 {
            ensure_same(&answer.bytes().await?, b"bytes")?;
        }
        anyhow::Ok(status)
    };
    Ok(format!(
        "{} {}",
        get(&etag).await?,
        get("\"00000000000000000000000000000000\"").await?
    ))
}
