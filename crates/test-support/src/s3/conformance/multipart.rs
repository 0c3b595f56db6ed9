//! Multipart uploads that go well, and what is refused on the way.

use anyhow::{Context as _, ensure};
use futures::{StreamExt as _, TryStreamExt as _, stream};

use super::{
    bench::{Bench, MIB, bytes, ensure_same, etag_of, multipart_etag_of, seen},
    case::{Case, case},
};

pub(super) fn cases() -> Vec<Case> {
    vec![
        case!(three_parts_come_back_bit_for_bit, "200"),
        case!(one_part_smaller_than_the_minimum, "200"),
        case!(one_part_of_no_bytes, "200"),
        case!(part_numbers_with_gaps, "200"),
        case!(eight_parts_at_once, "200"),
        case!(part_number_zero, "400 InvalidArgument", Seaweed: "400 InvalidPart", "refused under another name"),
        case!(part_number_ten_thousand, "200"),
        case!(part_number_above_ten_thousand, "400 InvalidArgument", Seaweed: "400 InvalidPart", "refused under another name"),
        case!(part_of_an_unknown_upload, "404 NoSuchUpload"),
        case!(part_under_another_key, "404 NoSuchUpload"),
        case!(list_parts_of_an_unknown_upload, "404 NoSuchUpload"),
        case!(list_parts_tells_size_and_etag, "200"),
        case!(list_parts_in_pages, "2 2 1"),
        case!(list_parts_pages_hold_a_thousand, "1000 3", Seaweed: "1003", "its pages are longer; a client that follows the markers sees no difference"),
        case!(nothing_to_read_before_complete, "404 NoSuchKey"),
        case!(get_by_part_number, "206"),
        case!(head_of_a_multipart_object, "200"),
        case!(two_uploads_for_one_key, "200"),
    ]
}

async fn three_parts_come_back_bit_for_bit(b: &Bench) -> anyhow::Result<String> {
    let key = b.key("object");
    let whole = bytes(1, 17 * MIB + 4321);
    let cuts = [
        whole.slice(..6 * MIB),
        whole.slice(6 * MIB..11 * MIB),
        whole.slice(11 * MIB..),
    ];
    let id = b.create(&key).await?;
    let mut parts = Vec::new();
    for (n, cut) in (1..).zip(&cuts) {
        let part = b.part(&key, &id, n, cut.clone()).await?;
        ensure!(
            part.e_tag() == Some(&etag_of(cut)),
            "the ETag of part {n} is not its MD5"
        );
        parts.push(part);
    }
    let etag = b.complete(&key, &id, &parts).await?;
    let wanted = multipart_etag_of(&[&cuts[0], &cuts[1], &cuts[2]]);
    ensure!(etag == wanted, "ETag {etag}, not {wanted}");
    ensure_same(&b.get(&key).await?, &whole)?;
    Ok("200".into())
}

async fn one_part_smaller_than_the_minimum(b: &Bench) -> anyhow::Result<String> {
    let (key, body) = (b.key("object"), bytes(2, 100));
    let id = b.create(&key).await?;
    let part = b.part(&key, &id, 1, body.clone()).await?;
    let completed = b.complete(&key, &id, &[part]).await;
    ensure_same(&b.get(&key).await?, &body)?;
    Ok(seen(&completed, "200"))
}

async fn one_part_of_no_bytes(b: &Bench) -> anyhow::Result<String> {
    let key = b.key("object");
    let id = b.create(&key).await?;
    let part = b.part(&key, &id, 1, "").await?;
    let completed = b.complete(&key, &id, &[part]).await;
    ensure!(b.get(&key).await?.is_empty());
    Ok(seen(&completed, "200"))
}

async fn part_numbers_with_gaps(b: &Bench) -> anyhow::Result<String> {
    let (key, first, last) = (b.key("object"), bytes(3, 5 * MIB), bytes(4, 10));
    let id = b.create(&key).await?;
    let late = b.part(&key, &id, 7000, last.clone()).await?;
    let early = b.part(&key, &id, 3, first.clone()).await?;
    let completed = b.complete(&key, &id, &[early, late]).await;
    ensure_same(&b.get(&key).await?, &[first, last].concat())?;
    Ok(seen(&completed, "200"))
}

async fn eight_parts_at_once(b: &Bench) -> anyhow::Result<String> {
    let key = b.key("object");
    let whole = bytes(5, 8 * 5 * MIB);
    let id = b.create(&key).await?;
    let (b, key, id) = (b, &key, &id);
    let mut parts: Vec<_> = stream::iter((1..=8).rev())
        .map(|n: i32| {
            let at = usize::try_from(n - 1).unwrap_or(0) * 5 * MIB;
            let cut = whole.slice(at..at + 5 * MIB);
            async move { b.part(key, id, n, cut).await }
        })
        .buffer_unordered(8)
        .try_collect()
        .await?;
    parts.sort_by_key(|part| part.part_number());
    let completed = b.complete(key, id, &parts).await;
    ensure_same(&b.get(key).await?, &whole)?;
    Ok(seen(&completed, "200"))
}

async fn numbered(b: &Bench, n: i32) -> anyhow::Result<String> {
    let key = b.key("object");
    let id = b.create(&key).await?;
    let put = b.try_part(&key, &id, n, "x").await;
    b.forget(&key, &id).await;
    Ok(seen(&put, "200"))
}

async fn part_number_zero(b: &Bench) -> anyhow::Result<String> {
    numbered(b, 0).await
}

async fn part_number_ten_thousand(b: &Bench) -> anyhow::Result<String> {
    numbered(b, 10_000).await
}

async fn part_number_above_ten_thousand(b: &Bench) -> anyhow::Result<String> {
    numbered(b, 10_001).await
}

async fn part_of_an_unknown_upload(b: &Bench) -> anyhow::Result<String> {
    Ok(seen(
        &b.try_part(&b.key("object"), "0123456789abcdef0123456789abcdef", 1, "x")
            .await,
        "200",
    ))
}

async fn part_under_another_key(b: &Bench) -> anyhow::Result<String> {
    let key = b.key("object");
    let id = b.create(&key).await?;
    let put = b.try_part(&b.key("another"), &id, 1, "x").await;
    let parts = b.parts(&key, &id).await?;
    b.forget(&key, &id).await;
    ensure!(parts.is_empty(), "the part landed in an upload of another key");
    Ok(seen(&put, "200"))
}

async fn list_parts_of_an_unknown_upload(b: &Bench) -> anyhow::Result<String> {
    let request = b.client.list_parts().bucket(&b.bucket).key(b.key("object"));
    Ok(seen(
        &request.upload_id("0123456789abcdef0123456789abcdef").send().await,
        "200",
    ))
}

async fn list_parts_tells_size_and_etag(b: &Bench) -> anyhow::Result<String> {
    let (key, body) = (b.key("object"), bytes(6, 12_345));
    let id = b.create(&key).await?;
    b.part(&key, &id, 2, body.clone()).await?;
    b.part(&key, &id, 1, "one").await?;
    let parts = b.parts(&key, &id).await?;
    b.forget(&key, &id).await;
    let told: Vec<_> = parts.iter().map(|p| (p.part_number(), p.size(), p.e_tag())).collect();
    let (one, two) = (etag_of(b"one"), etag_of(&body));
    let wanted = [
        (Some(1), Some(3), Some(one.as_str())),
        (Some(2), Some(12_345), Some(two.as_str())),
    ];
    ensure!(told == wanted, "listed {told:?}");
    Ok("200".into())
}

async fn pages(b: &Bench, key: &str, id: &str, max: Option<i32>) -> anyhow::Result<(String, Vec<i32>)> {
    let (mut sizes, mut numbers, mut marker) = (Vec::new(), Vec::new(), None);
    loop {
        let request = b.parts_request(key, id);
        let page = request.set_max_parts(max).set_part_number_marker(marker).send().await?;
        sizes.push(page.parts().len().to_string());
        numbers.extend(page.parts().iter().filter_map(|part| part.part_number()));
        if page.is_truncated() != Some(true) {
            return Ok((sizes.join(" "), numbers));
        }
        marker = Some(
            page.next_part_number_marker
                .context("a page is cut without saying where to go on")?,
        );
    }
}

async fn list_parts_in_pages(b: &Bench) -> anyhow::Result<String> {
    let key = b.key("object");
    let id = b.create(&key).await?;
    for n in [10, 2, 33, 4, 5] {
        b.part(&key, &id, n, format!("part {n}")).await?;
    }
    let (sizes, numbers) = pages(b, &key, &id, Some(2)).await?;
    b.forget(&key, &id).await;
    ensure!(numbers == [2, 4, 5, 10, 33], "listed {numbers:?}");
    Ok(sizes)
}

async fn list_parts_pages_hold_a_thousand(b: &Bench) -> anyhow::Result<String> {
    let key = b.key("object");
    let id = b.create(&key).await?;
    let (b, key, id) = (b, &key, &id);
    let sent = stream::iter(1..=1003).map(|n| async move { b.part(key, id, n, format!("{n}")).await });
    sent.buffer_unordered(8).try_collect::<Vec<_>>().await?;
    let (sizes, numbers) = pages(b, key, id, None).await?;
    b.forget(key, id).await;
    ensure!(
        numbers == (1..=1003).collect::<Vec<_>>(),
        "not every part was listed once, in order"
    );
    Ok(sizes)
}

async fn nothing_to_read_before_complete(b: &Bench) -> anyhow::Result<String> {
    let key = b.key("object");
    let id = b.create(&key).await?;
    b.part(&key, &id, 1, "not yet").await?;
    let got = b.get_status(&key).await;
    let request = b.list_request("object");
    let listed = request.send().await?.key_count().unwrap_or(0);
    b.forget(&key, &id).await;
    ensure!(listed == 0, "an unfinished object is listed");
    Ok(got)
}

/// An object of 5 MiB and 7 bytes, in two parts.
pub(super) async fn two_parts(b: &Bench, key: &str, seed: u64) -> anyhow::Result<bytes::Bytes> {
    let whole = bytes(seed, 5 * MIB + 7);
    let id = b.create(key).await?;
    let first = b.part(key, &id, 1, whole.slice(..5 * MIB)).await?;
    let last = b.part(key, &id, 2, whole.slice(5 * MIB..)).await?;
    b.complete(key, &id, &[first, last]).await?;
    Ok(whole)
}

async fn get_by_part_number(b: &Bench) -> anyhow::Result<String> {
    let key = b.key("object");
    let whole = two_parts(b, &key, 7).await?;
    let got = b.get_request(&key).part_number(2).send().await?;
    let (count, range) = (got.parts_count(), got.content_range().map(str::to_owned));
    ensure_same(&got.body.collect().await?.into_bytes(), &whole[5 * MIB..])?;
    ensure!(count == Some(2), "parts count {count:?}");
    let wanted = format!("bytes {}-{}/{}", 5 * MIB, 5 * MIB + 6, 5 * MIB + 7);
    ensure!(range.as_deref() == Some(&*wanted), "content range {range:?}");
    Ok("206".into())
}

async fn head_of_a_multipart_object(b: &Bench) -> anyhow::Result<String> {
    let key = b.key("object");
    let whole = two_parts(b, &key, 8).await?;
    let head = b.head_request(&key).send().await?;
    ensure!(head.content_length() == i64::try_from(whole.len()).ok());
    let wanted = multipart_etag_of(&[&whole[..5 * MIB], &whole[5 * MIB..]]);
    ensure!(head.e_tag() == Some(&*wanted), "ETag {:?}", head.e_tag());
    ensure!(head.last_modified().is_some() && head.accept_ranges() == Some("bytes"));
    Ok("200".into())
}

async fn two_uploads_for_one_key(b: &Bench) -> anyhow::Result<String> {
    let key = b.key("object");
    let (one, two) = (b.create(&key).await?, b.create(&key).await?);
    let part_of_two = b.part(&key, &two, 1, "two").await?;
    let part_of_one = b.part(&key, &one, 1, "one").await?;
    b.complete(&key, &two, &[part_of_two]).await?;
    ensure_same(&b.get(&key).await?, b"two")?;
    let last = b.complete(&key, &one, &[part_of_one]).await;
    ensure_same(&b.get(&key).await?, b"one")?;
    Ok(seen(&last, "200"))
}
