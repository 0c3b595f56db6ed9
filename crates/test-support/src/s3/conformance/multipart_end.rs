//! The end of a multipart upload: complete, abort, both, twice, and with a wrong list.

use anyhow::ensure;
use aws_sdk_s3::types::CompletedPart;

use super::{
    bench::{Bench, MIB, bytes, ensure_same, etag_of, seen},
    case::{Case, case},
};

pub(super) fn cases() -> Vec<Case> {
    vec![
        case!(complete_names_a_missing_part, "400 InvalidPart", Seaweed: "400 EntityTooSmall", "it looks at the sizes first"),
        case!(complete_with_a_wrong_etag, "400 InvalidPart"),
        case!(complete_in_the_wrong_order, "400 InvalidPartOrder"),
        case!(complete_names_a_part_twice, "400 InvalidPartOrder", Seaweed: "200", "it drops the repetition"),
        case!(complete_with_a_small_part, "400 EntityTooSmall"),
        case!(complete_with_an_empty_list, "400 MalformedXML", Seaweed: "404 NoSuchUpload", "refused under another name"),
        case!(complete_without_a_body, "400 MalformedXML"),
        case!(complete_of_an_unknown_upload, "404 NoSuchUpload"),
        case!(complete_under_another_key, "404 NoSuchUpload"),
        case!(complete_leaves_out_a_part, "200"),
        case!(complete_with_unquoted_etags, "200"),
        case!(complete_twice, "200"),
        case!(complete_twice_with_another_list, "400 InvalidPart", Seaweed: "200", "it repeats its answer without looking at the list"),
        case!(complete_twice_at_once, "200 200", Seaweed: "200 404 NoSuchUpload", "the slower one may come too late", Seaweed: "404 NoSuchUpload 200", "the slower one may come too late"),
        case!(complete_after_the_object_was_deleted, "404 NoSuchUpload"),
        case!(complete_replaces_an_object, "200"),
        case!(complete_only_if_absent, "412 PreconditionFailed"),
        case!(abort_then_nothing_is_left, "204 404 NoSuchUpload"),
        case!(abort_twice, "404 NoSuchUpload", Seaweed: "204", "abort is idempotent there"),
        case!(abort_of_an_unknown_upload, "404 NoSuchUpload"),
        case!(abort_after_complete, "404 NoSuchUpload", Seaweed: "204", "abort is idempotent there; the object stays"),
        case!(abort_and_complete_at_once, "one"),
        case!(part_after_abort, "404 NoSuchUpload"),
        case!(part_after_complete, "404 NoSuchUpload"),
        case!(complete_after_abort, "404 NoSuchUpload"),
    ]
}

const NOBODY: &str = "0123456789abcdef0123456789abcdef";

fn listed(n: i32, body: &[u8]) -> CompletedPart {
    CompletedPart::builder().part_number(n).e_tag(etag_of(body)).build()
}

async fn with_one_part(b: &Bench, name: &str) -> anyhow::Result<(String, String, CompletedPart)> {
    let key = b.key(name);
    let id = b.create(&key).await?;
    let part = b.part(&key, &id, 1, "the only part").await?;
    Ok((key, id, part))
}

async fn complete_names_a_missing_part(b: &Bench) -> anyhow::Result<String> {
    let (key, id, part) = with_one_part(b, "object").await?;
    let refused = b.complete(&key, &id, &[part.clone(), listed(2, b"never sent")]).await;
    ensure!(b.parts(&key, &id).await?.len() == 1, "the upload did not survive");
    b.complete(&key, &id, &[part]).await?;
    Ok(seen(&refused, "200"))
}

async fn complete_with_a_wrong_etag(b: &Bench) -> anyhow::Result<String> {
    let (key, id, part) = with_one_part(b, "object").await?;
    let refused = b.complete(&key, &id, &[listed(1, b"another body")]).await;
    ensure!(b.get_status(&key).await == "404 NoSuchKey", "there is an object");
    b.complete(&key, &id, &[part]).await?;
    ensure_same(&b.get(&key).await?, b"the only part")?;
    Ok(seen(&refused, "200"))
}

async fn complete_in_the_wrong_order(b: &Bench) -> anyhow::Result<String> {
    let key = b.key("object");
    let id = b.create(&key).await?;
    let one = b.part(&key, &id, 1, bytes(1, 5 * MIB)).await?;
    let two = b.part(&key, &id, 2, bytes(2, 5 * MIB)).await?;
    let refused = b.complete(&key, &id, &[two, one]).await;
    b.forget(&key, &id).await;
    Ok(seen(&refused, "200"))
}

async fn complete_names_a_part_twice(b: &Bench) -> anyhow::Result<String> {
    let key = b.key("object");
    let id = b.create(&key).await?;
    let one = b.part(&key, &id, 1, bytes(1, 5 * MIB)).await?;
    let refused = b.complete(&key, &id, &[one.clone(), one]).await;
    b.forget(&key, &id).await;
    Ok(seen(&refused, "200"))
}

async fn complete_with_a_small_part(b: &Bench) -> anyhow::Result<String> {
    let key = b.key("object");
    let id = b.create(&key).await?;
    let small = b.part(&key, &id, 1, bytes(1, 5 * MIB - 1)).await?;
    let last = b.part(&key, &id, 2, "last").await?;
    let refused = b.complete(&key, &id, &[small, last.clone()]).await;
    let grown = b.part(&key, &id, 1, bytes(1, 5 * MIB)).await?;
    b.complete(&key, &id, &[grown, last]).await?;
    Ok(seen(&refused, "200"))
}

async fn complete_with_an_empty_list(b: &Bench) -> anyhow::Result<String> {
    let (key, id, _) = with_one_part(b, "object").await?;
    let refused = b.complete(&key, &id, &[]).await;
    b.forget(&key, &id).await;
    Ok(seen(&refused, "200"))
}

async fn complete_without_a_body(b: &Bench) -> anyhow::Result<String> {
    let (key, id, _) = with_one_part(b, "object").await?;
    let request = b.complete_request(&key, &id);
    let refused = request.send().await;
    b.forget(&key, &id).await;
    Ok(seen(&refused, "200"))
}

async fn complete_of_an_unknown_upload(b: &Bench) -> anyhow::Result<String> {
    Ok(seen(
        &b.complete(&b.key("object"), NOBODY, &[listed(1, b"x")]).await,
        "200",
    ))
}

async fn complete_under_another_key(b: &Bench) -> anyhow::Result<String> {
    let (key, id, part) = with_one_part(b, "object").await?;
    let refused = b.complete(&b.key("another"), &id, &[part]).await;
    ensure!(
        b.get_status(&b.key("another")).await == "404 NoSuchKey",
        "there is an object under the other key"
    );
    b.forget(&key, &id).await;
    Ok(seen(&refused, "200"))
}

async fn complete_leaves_out_a_part(b: &Bench) -> anyhow::Result<String> {
    let key = b.key("object");
    let id = b.create(&key).await?;
    let first = bytes(1, 5 * MIB);
    let one = b.part(&key, &id, 1, first.clone()).await?;
    b.part(&key, &id, 2, "left out").await?;
    let three = b.part(&key, &id, 3, "last").await?;
    let completed = b.complete(&key, &id, &[one, three]).await;
    ensure_same(&b.get(&key).await?, &[&first[..], b"last"].concat())?;
    Ok(seen(&completed, "200"))
}

async fn complete_with_unquoted_etags(b: &Bench) -> anyhow::Result<String> {
    let (key, id, part) = with_one_part(b, "object").await?;
    let bare = part.e_tag().unwrap_or_default().trim_matches('"').to_owned();
    let completed = b
        .complete(
            &key,
            &id,
            &[CompletedPart::builder().part_number(1).e_tag(bare).build()],
        )
        .await;
    Ok(seen(&completed, "200"))
}

async fn complete_twice(b: &Bench) -> anyhow::Result<String> {
    let (key, id, part) = with_one_part(b, "object").await?;
    let first = b.complete(&key, &id, std::slice::from_ref(&part)).await?;
    let again = b.complete(&key, &id, &[part]).await;
    if let Ok(again) = &again {
        ensure!(*again == first, "the second answer tells another ETag");
    }
    ensure_same(&b.get(&key).await?, b"the only part")?;
    Ok(seen(&again, "200"))
}

async fn complete_twice_with_another_list(b: &Bench) -> anyhow::Result<String> {
    let (key, id, part) = with_one_part(b, "object").await?;
    b.complete(&key, &id, &[part]).await?;
    let again = b.complete(&key, &id, &[listed(1, b"another body")]).await;
    ensure_same(&b.get(&key).await?, b"the only part")?;
    Ok(seen(&again, "200"))
}

async fn complete_twice_at_once(b: &Bench) -> anyhow::Result<String> {
    let (key, id, part) = with_one_part(b, "object").await?;
    let list = [part];
    let (one, two) = futures::join!(b.complete(&key, &id, &list), b.complete(&key, &id, &list));
    ensure_same(&b.get(&key).await?, b"the only part")?;
    Ok(format!("{} {}", seen(&one, "200"), seen(&two, "200")))
}

async fn complete_after_the_object_was_deleted(b: &Bench) -> anyhow::Result<String> {
    let (key, id, part) = with_one_part(b, "object").await?;
    b.complete(&key, &id, std::slice::from_ref(&part)).await?;
    b.delete_request(&key).send().await?;
    let again = b.complete(&key, &id, &[part]).await;
    ensure!(
        b.get_status(&key).await == "404 NoSuchKey",
        "a deleted object came back"
    );
    Ok(seen(&again, "200"))
}

async fn complete_replaces_an_object(b: &Bench) -> anyhow::Result<String> {
    let (key, id, part) = with_one_part(b, "object").await?;
    b.put(&key, "what was there").await?;
    let completed = b.complete(&key, &id, &[part]).await;
    ensure_same(&b.get(&key).await?, b"the only part")?;
    Ok(seen(&completed, "200"))
}

async fn complete_only_if_absent(b: &Bench) -> anyhow::Result<String> {
    let (key, id, part) = with_one_part(b, "object").await?;
    b.put(&key, "what was there").await?;
    let list = aws_sdk_s3::types::CompletedMultipartUpload::builder()
        .parts(part)
        .build();
    let request = b.complete_request(&key, &id);
    let refused = request.multipart_upload(list).if_none_match("*").send().await;
    ensure_same(&b.get(&key).await?, b"what was there")?;
    b.forget(&key, &id).await;
    Ok(seen(&refused, "200"))
}

async fn abort_then_nothing_is_left(b: &Bench) -> anyhow::Result<String> {
    let (key, id, _) = with_one_part(b, "object").await?;
    let aborted = b.abort(&key, &id).await;
    let listed = b.parts_request(&key, &id).send().await;
    ensure!(b.get_status(&key).await == "404 NoSuchKey", "there is an object");
    Ok(format!("{aborted} {}", seen(&listed, "200")))
}

async fn abort_twice(b: &Bench) -> anyhow::Result<String> {
    let (key, id, _) = with_one_part(b, "object").await?;
    b.abort(&key, &id).await;
    Ok(b.abort(&key, &id).await)
}

async fn abort_of_an_unknown_upload(b: &Bench) -> anyhow::Result<String> {
    Ok(b.abort(&b.key("object"), NOBODY).await)
}

async fn abort_after_complete(b: &Bench) -> anyhow::Result<String> {
    let (key, id, part) = with_one_part(b, "object").await?;
    b.complete(&key, &id, &[part]).await?;
    let aborted = b.abort(&key, &id).await;
    ensure_same(&b.get(&key).await?, b"the only part")?;
    Ok(aborted)
}

async fn abort_and_complete_at_once(b: &Bench) -> anyhow::Result<String> {
    for round in 0..8 {
        let (key, id, part) = with_one_part(b, &format!("object {round}")).await?;
        let list = [part];
        let (aborted, completed) = futures::join!(b.abort(&key, &id), b.complete(&key, &id, &list));
        let there = b.get_status(&key).await;
        match (completed.is_ok(), there.as_str()) {
            (true, "200") => ensure_same(&b.get(&key).await?, b"the only part")?,
            (false, "404 NoSuchKey") => {}
            _ => anyhow::bail!(
                "abort {aborted}, complete {}, then GET {there}",
                seen(&completed, "200")
            ),
        }
        ensure!(
            !b.is_local() || (aborted == "204") != completed.is_ok(),
            "both won, or none: {aborted}"
        );
    }
    Ok("one".into())
}

async fn part_after_abort(b: &Bench) -> anyhow::Result<String> {
    let (key, id, _) = with_one_part(b, "object").await?;
    b.abort(&key, &id).await;
    Ok(seen(&b.try_part(&key, &id, 1, "late").await, "200"))
}

async fn part_after_complete(b: &Bench) -> anyhow::Result<String> {
    let (key, id, part) = with_one_part(b, "object").await?;
    b.complete(&key, &id, &[part]).await?;
    let late = b.try_part(&key, &id, 1, "late").await;
    ensure_same(&b.get(&key).await?, b"the only part")?;
    Ok(seen(&late, "200"))
}

async fn complete_after_abort(b: &Bench) -> anyhow::Result<String> {
    let (key, id, part) = with_one_part(b, "object").await?;
    b.abort(&key, &id).await;
    let late = b.complete(&key, &id, &[part]).await;
    ensure!(b.get_status(&key).await == "404 NoSuchKey", "there is an object");
    Ok(seen(&late, "200"))
}
