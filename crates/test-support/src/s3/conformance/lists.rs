//! Listings of objects and of open uploads, in pages.

use anyhow::{Context as _, ensure};
use aws_sdk_s3::operation::list_objects_v2::ListObjectsV2Output;

use super::{
    bench::{Bench, seen},
    case::{Case, case},
};

pub(super) fn cases() -> Vec<Case> {
    vec![
        case!(list_nothing, "0"),
        case!(list_by_prefix, "b/1 b/2"),
        case!(list_in_the_order_of_bytes, "A Z a ä"),
        case!(list_in_pages, "3 3 1"),
        case!(list_with_a_delimiter, "root | x/ y/"),
        case!(list_with_a_delimiter_in_pages, "a | b/ | c | d/"),
        case!(list_after_a_key, "c d"),
        case!(list_at_most_none, "0"),
        case!(list_with_a_foreign_token, "400 InvalidArgument", Seaweed: "200", "it takes any text for a place to go on from"),
        case!(list_tells_size_and_etag, "200"),
        case!(list_open_uploads, "2 open, 1 after abort"),
        case!(list_open_uploads_in_pages, "2 2 1"),
        case!(list_open_uploads_without_completed, "0"),
    ]
}

async fn put_all(b: &Bench, names: &[&str]) -> anyhow::Result<()> {
    for name in names {
        b.put(&b.key(name), "x").await?;
    }
    Ok(())
}

/// Keys of a page without what all keys of the case begin with.
fn names(b: &Bench, page: &ListObjectsV2Output) -> Vec<String> {
    let start = b.key("");
    page.contents()
        .iter()
        .filter_map(|object| object.key()?.strip_prefix(&start).map(str::to_owned))
        .collect()
}

fn prefixes(b: &Bench, page: &ListObjectsV2Output) -> Vec<String> {
    let start = b.key("");
    page.common_prefixes()
        .iter()
        .filter_map(|common| common.prefix()?.strip_prefix(&start).map(str::to_owned))
        .collect()
}

async fn list_nothing(b: &Bench) -> anyhow::Result<String> {
    let page = b.list_request("").send().await?;
    ensure!(page.contents().is_empty() && page.is_truncated() != Some(true));
    Ok(page.key_count().unwrap_or_default().to_string())
}

async fn list_by_prefix(b: &Bench) -> anyhow::Result<String> {
    put_all(b, &["a/1", "b/1", "b/2", "c/1", "b"]).await?;
    let page = b.list_request("b/").send().await?;
    Ok(names(b, &page).join(" "))
}

async fn list_in_the_order_of_bytes(b: &Bench) -> anyhow::Result<String> {
    put_all(b, &["ä", "a", "Z", "A"]).await?;
    let page = b.list_request("").send().await?;
    Ok(names(b, &page).join(" "))
}

async fn list_in_pages(b: &Bench) -> anyhow::Result<String> {
    put_all(b, &["1", "2", "3", "4 four", "5", "6", "7"]).await?;
    let (mut sizes, mut all, mut token) = (Vec::new(), Vec::new(), None);
    loop {
        let request = b.list_request("").max_keys(3);
        let page = request.set_continuation_token(token).send().await?;
        sizes.push(page.contents().len().to_string());
        all.extend(names(b, &page));
        if page.is_truncated() != Some(true) {
            break;
        }
        token = Some(page.next_continuation_token.context("a page is cut without a token")?);
    }
    ensure!(all == ["1", "2", "3", "4 four", "5", "6", "7"], "listed {all:?}");
    Ok(sizes.join(" "))
}

async fn list_with_a_delimiter(b: &Bench) -> anyhow::Result<String> {
    put_all(b, &["root", "x/1", "x/2", "y/z/1"]).await?;
    let page = b.list_request("").delimiter("/").send().await?;
    Ok(format!(
        "{} | {}",
        names(b, &page).join(" "),
        prefixes(b, &page).join(" ")
    ))
}

async fn list_with_a_delimiter_in_pages(b: &Bench) -> anyhow::Result<String> {
    put_all(b, &["a", "b/1", "b/2", "b/3", "c", "d/1", "d/2"]).await?;
    let (mut all, mut token) = (Vec::new(), None);
    for _ in 0..10 {
        let request = b.list_request("").delimiter("/").max_keys(1);
        let page = request.set_continuation_token(token).send().await?;
        all.push([names(b, &page), prefixes(b, &page)].concat().join(" "));
        if page.is_truncated() != Some(true) {
            break;
        }
        token = Some(page.next_continuation_token.context("a page is cut without a token")?);
    }
    Ok(all.join(" | "))
}

async fn list_after_a_key(b: &Bench) -> anyhow::Result<String> {
    put_all(b, &["a", "b", "c", "d"]).await?;
    let request = b.list_request("").start_after(b.key("b"));
    Ok(names(b, &request.send().await?).join(" "))
}

async fn list_at_most_none(b: &Bench) -> anyhow::Result<String> {
    put_all(b, &["a"]).await?;
    let page = b.list_request("").max_keys(0).send().await?;
    ensure!(page.is_truncated() != Some(true), "nothing, and more of it");
    Ok(page.contents().len().to_string())
}

async fn list_with_a_foreign_token(b: &Bench) -> anyhow::Result<String> {
    let request = b.list_request("").continuation_token("not ours");
    Ok(seen(&request.send().await, "200"))
}

async fn list_tells_size_and_etag(b: &Bench) -> anyhow::Result<String> {
    let etag = b.put(&b.key("object"), "twelve bytes").await?;
    let page = b.list_request("").send().await?;
    let object = page.contents().first().context("nothing listed")?;
    ensure!(
        object.size() == Some(12) && object.e_tag() == Some(&*etag),
        "listed {object:?}"
    );
    ensure!(object.last_modified().is_some());
    Ok("200".into())
}

async fn list_open_uploads(b: &Bench) -> anyhow::Result<String> {
    // Sorted: SeaweedFS lists by id, S3 by key.
    let count = async || {
        let page = b.uploads_request().send().await?;
        let uploads = page.uploads().iter();
        let mut told: Vec<_> = uploads
            .filter_map(|u| Some((u.key()?.to_owned(), u.upload_id()?.to_owned())))
            .collect();
        told.sort();
        anyhow::Ok(told)
    };
    let (one, two) = (b.key("one"), b.key("two"));
    let (id_one, id_two) = (b.create(&one).await?, b.create(&two).await?);
    let open = count().await?;
    ensure!(
        open == [(one.clone(), id_one.clone()), (two.clone(), id_two.clone())],
        "listed {open:?}"
    );
    b.abort(&one, &id_one).await;
    let left = count().await?;
    b.forget(&two, &id_two).await;
    ensure!(left == [(two, id_two)], "listed {left:?}");
    Ok(format!("{} open, {} after abort", open.len(), left.len()))
}

async fn list_open_uploads_in_pages(b: &Bench) -> anyhow::Result<String> {
    let mut made = Vec::new();
    // Two uploads of one key, so that a page can end between them.
    for name in ["a", "b", "b", "c", "d"] {
        made.push((b.key(name), b.create(&b.key(name)).await?));
    }
    let (mut sizes, mut all, mut markers) = (Vec::new(), Vec::new(), (None, None));
    for _ in 0..10 {
        let request = b.uploads_request().max_uploads(2);
        let page = request
            .set_key_marker(markers.0)
            .set_upload_id_marker(markers.1)
            .send()
            .await?;
        sizes.push(page.uploads().len().to_string());
        all.extend(
            page.uploads()
                .iter()
                .filter_map(|u| Some((u.key()?.to_owned(), u.upload_id()?.to_owned()))),
        );
        if page.is_truncated() != Some(true) {
            break;
        }
        markers = (page.next_key_marker, page.next_upload_id_marker);
    }
    for (key, id) in &made {
        b.forget(key, id).await;
    }
    all.sort();
    made.sort();
    ensure!(all == made, "not every upload was listed once");
    Ok(sizes.join(" "))
}

async fn list_open_uploads_without_completed(b: &Bench) -> anyhow::Result<String> {
    let key = b.key("object");
    let id = b.create(&key).await?;
    let part = b.part(&key, &id, 1, "done").await?;
    b.complete(&key, &id, &[part]).await?;
    let page = b.uploads_request().send().await?;
    Ok(page.uploads().len().to_string())
}
