//! Whole objects: put, get, head, delete, conditions, keys.

use anyhow::ensure;
use aws_sdk_s3::types::{Delete, ObjectIdentifier};

use super::{
    bench::{Bench, MIB, bytes, ensure_same, etag_of, seen},
    case::{Case, case},
    multipart::two_parts,
};

pub(super) fn cases() -> Vec<Case> {
    vec![
        case!(bucket_is_there, "200"),
        case!(bucket_that_is_not_there, "404 NoSuchBucket"),
        case!(put_and_get, "200"),
        case!(object_of_no_bytes, "200"),
        case!(put_over_an_object, "200"),
        case!(head_tells_size_and_etag, "200"),
        case!(head_of_nothing, "404"),
        case!(get_of_nothing, "404 NoSuchKey"),
        case!(delete_and_head, "204 404"),
        case!(delete_of_nothing, "204"),
        case!(delete_of_a_multipart_object, "204 404"),
        case!(delete_many, "3 deleted, 0 errors"),
        case!(delete_many_quietly, "0 deleted, 0 errors"),
        case!(delete_none, "400 MalformedXML", Seaweed: "0 deleted, 0 errors", "nothing to do is no error there"),
        case!(a_key_below_a_key, "200"),
        case!(odd_keys, "200"),
        case!(keys_that_would_climb, "200", Seaweed: "refused", "its keys are paths, so it refuses these"),
        case!(key_of_1024_bytes, "200", Seaweed: "400 KeyTooLongError", "its limit counts the name of the bucket"),
        case!(key_of_1025_bytes, "400 KeyTooLongError"),
        case!(put_only_if_absent, "412 PreconditionFailed"),
        case!(get_if_match, "200 412"),
        case!(get_if_none_match, "304 200"),
        case!(head_if_match, "200 412"),
        case!(read_while_it_is_deleted, "whole"),
        case!(read_while_it_is_replaced, "whole"),
        case!(eight_writers_of_one_key, "one of them"),
    ]
}

async fn bucket_is_there(b: &Bench) -> anyhow::Result<String> {
    Ok(seen(&b.client.head_bucket().bucket(&b.bucket).send().await, "200"))
}

async fn bucket_that_is_not_there(b: &Bench) -> anyhow::Result<String> {
    Ok(seen(
        &b.client.get_object().bucket("nobody-made-this").key("key").send().await,
        "200",
    ))
}

async fn put_and_get(b: &Bench) -> anyhow::Result<String> {
    let (key, body) = (b.key("object"), bytes(1, 3 * MIB + 1));
    let etag = b.put(&key, body.clone()).await?;
    ensure!(etag == etag_of(&body), "ETag {etag}");
    ensure_same(&b.get(&key).await?, &body)?;
    Ok("200".into())
}

async fn object_of_no_bytes(b: &Bench) -> anyhow::Result<String> {
    let key = b.key("object");
    let etag = b.put(&key, "").await?;
    ensure!(etag == etag_of(b""), "ETag {etag}");
    ensure!(b.get(&key).await?.is_empty());
    let head = b.head_request(&key).send().await?;
    ensure!(head.content_length() == Some(0), "length {:?}", head.content_length());
    Ok("200".into())
}

async fn put_over_an_object(b: &Bench) -> anyhow::Result<String> {
    let key = b.key("object");
    b.put(&key, "the first, a little longer").await?;
    b.put(&key, "the second").await?;
    ensure_same(&b.get(&key).await?, b"the second")?;
    Ok("200".into())
}

async fn head_tells_size_and_etag(b: &Bench) -> anyhow::Result<String> {
    let key = b.key("object");
    b.put(&key, "twelve bytes").await?;
    let head = b.head_request(&key).send().await?;
    ensure!(head.content_length() == Some(12) && head.e_tag() == Some(&*etag_of(b"twelve bytes")));
    ensure!(head.last_modified().is_some(), "no Last-Modified");
    Ok("200".into())
}

async fn head_of_nothing(b: &Bench) -> anyhow::Result<String> {
    Ok(seen(&b.head_request(&b.key("object")).send().await, "200"))
}

async fn get_of_nothing(b: &Bench) -> anyhow::Result<String> {
    Ok(b.get_status(&b.key("object")).await)
}

async fn delete(b: &Bench, key: &str) -> String {
    let deleted = seen(&b.delete_request(key).send().await, "204");
    format!("{deleted} {}", seen(&b.head_request(key).send().await, "200"))
}

async fn delete_and_head(b: &Bench) -> anyhow::Result<String> {
    let key = b.key("object");
    b.put(&key, "soon gone").await?;
    Ok(delete(b, &key).await)
}

async fn delete_of_nothing(b: &Bench) -> anyhow::Result<String> {
    Ok(seen(&b.delete_request(&b.key("object")).send().await, "204"))
}

async fn delete_of_a_multipart_object(b: &Bench) -> anyhow::Result<String> {
    let key = b.key("object");
    two_parts(b, &key, 1).await?;
    Ok(delete(b, &key).await)
}

async fn delete_all(b: &Bench, keys: &[String], quiet: bool) -> anyhow::Result<String> {
    let mut list = Delete::builder().quiet(quiet).set_objects(Some(Vec::new()));
    for key in keys {
        list = list.objects(ObjectIdentifier::builder().key(key).build()?);
    }
    let answer = b
        .client
        .delete_objects()
        .bucket(&b.bucket)
        .delete(list.build()?)
        .send()
        .await;
    Ok(match &answer {
        Ok(done) => format!("{} deleted, {} errors", done.deleted().len(), done.errors().len()),
        Err(_) => seen(&answer, "200"),
    })
}

async fn delete_many(b: &Bench) -> anyhow::Result<String> {
    let keys = ["one", "two", "never there"].map(|name| b.key(name));
    b.put(&keys[0], "1").await?;
    b.put(&keys[1], "2").await?;
    let kept = b.key("kept");
    b.put(&kept, "3").await?;
    let seen = delete_all(b, &keys, false).await?;
    ensure!(b.get_status(&keys[0]).await == "404 NoSuchKey" && b.get_status(&keys[1]).await == "404 NoSuchKey");
    ensure!(b.get_status(&kept).await == "200", "another object is gone");
    Ok(seen)
}

async fn delete_many_quietly(b: &Bench) -> anyhow::Result<String> {
    let keys = ["one", "two"].map(|name| b.key(name));
    b.put(&keys[0], "1").await?;
    let seen = delete_all(b, &keys, true).await?;
    ensure!(b.get_status(&keys[0]).await == "404 NoSuchKey");
    Ok(seen)
}

async fn delete_none(b: &Bench) -> anyhow::Result<String> {
    delete_all(b, &[], false).await
}

async fn a_key_below_a_key(b: &Bench) -> anyhow::Result<String> {
    let keys = ["a", "a/b", "a/b/c"].map(|name| b.key(name));
    for key in &keys {
        b.put(key, key.clone()).await?;
    }
    for key in &keys {
        ensure_same(&b.get(key).await?, key.as_bytes())?;
    }
    b.delete_request(&keys[0]).send().await?;
    ensure!(
        b.get_status(&keys[0]).await == "404 NoSuchKey",
        "{} is still there",
        keys[0]
    );
    ensure_same(&b.get(&keys[1]).await?, keys[1].as_bytes())?;
    ensure_same(&b.get(&keys[2]).await?, keys[2].as_bytes())?;
    Ok("200".into())
}

async fn round_trip(b: &Bench, names: &[&str]) -> anyhow::Result<String> {
    for name in names {
        let key = b.key(name);
        b.put(&key, key.clone()).await?;
    }
    for name in names {
        let key = b.key(name);
        ensure_same(&b.get(&key).await?, key.as_bytes()).map_err(|error| error.context(format!("{name:?}")))?;
    }
    let listed = b.list_request("").send().await?;
    let mut found: Vec<_> = listed
        .contents()
        .iter()
        .filter_map(|object| object.key().map(str::to_owned))
        .collect();
    let mut wanted: Vec<_> = names.iter().map(|name| b.key(name)).collect();
    found.sort();
    wanted.sort();
    ensure!(found == wanted, "listed {found:?}");
    Ok("200".into())
}

async fn odd_keys(b: &Bench) -> anyhow::Result<String> {
    round_trip(
        b,
        &[
            "white space",
            "plus+and&amp;",
            "per%20cent",
            "Grüße/日本語",
            "emoji 🦀",
            "a=b?c#d",
            "quote\"'<>",
            "tilde~:@!$*()",
        ],
    )
    .await
}

async fn keys_that_would_climb(b: &Bench) -> anyhow::Result<String> {
    let names = ["../outside", "a/../../b", "./here", "...", "dir/.."];
    if !b.is_local() && b.put(&b.key(names[0]), "x").await.is_err() {
        return Ok("refused".into());
    }
    round_trip(b, &names).await
}

fn long_key(b: &Bench, len: usize) -> String {
    let start = b.key("");
    format!("{start}{}", "k".repeat(len - start.len()))
}

async fn key_of_1024_bytes(b: &Bench) -> anyhow::Result<String> {
    let key = long_key(b, 1024);
    let body = aws_sdk_s3::primitives::ByteStream::from_static(b"long");
    let put = b.put_request(&key).body(body).send().await;
    if put.is_ok() {
        ensure_same(&b.get(&key).await?, b"long")?;
    }
    Ok(seen(&put, "200"))
}

async fn key_of_1025_bytes(b: &Bench) -> anyhow::Result<String> {
    let body = aws_sdk_s3::primitives::ByteStream::from_static(b"too long");
    Ok(seen(&b.put_request(&long_key(b, 1025)).body(body).send().await, "200"))
}

async fn put_only_if_absent(b: &Bench) -> anyhow::Result<String> {
    let key = b.key("object");
    let put = async |text: &'static str| {
        let body = aws_sdk_s3::primitives::ByteStream::from_static(text.as_bytes());
        b.put_request(&key).if_none_match("*").body(body).send().await
    };
    put("first").await?;
    let second = put("second").await;
    ensure_same(&b.get(&key).await?, b"first")?;
    Ok(seen(&second, "200"))
}

async fn get_if_match(b: &Bench) -> anyhow::Result<String> {
    get_on_condition(b, "if-match").await
}

async fn get_if_none_match(b: &Bench) -> anyhow::Result<String> {
    get_on_condition(b, "if-none-match").await
}

/// Of the ETag of the object, and of another one.
async fn get_on_condition(b: &Bench, header: &str) -> anyhow::Result<String> {
    let key = b.key("object");
    let etag = b.put(&key, "body").await?;
    let get = async |etag: &str| {
        let request = b.http.get(b.sign_get(&key, 60).await?).header(header, etag);
        anyhow::Ok(request.send().await?.status().as_u16())
    };
    Ok(format!("{} {}", get(&etag).await?, get(&etag_of(b"other")).await?))
}

async fn head_if_match(b: &Bench) -> anyhow::Result<String> {
    let key = b.key("object");
    let etag = b.put(&key, "body").await?;
    let head = async |etag: &str| {
        let request = b.head_request(&key).if_match(etag);
        seen(&request.send().await, "200")
    };
    Ok(format!("{} {}", head(&etag).await, head(&etag_of(b"other")).await))
}

/// Reads a quarter, lets `meanwhile` happen, reads on. A broken connection is an honest answer, wrong bytes are not.
async fn read_across(
    b: &Bench,
    key: &str,
    meanwhile: impl AsyncFnOnce() -> anyhow::Result<()>,
) -> anyhow::Result<String> {
    let whole = two_parts(b, key, 1).await?;
    let mut body = b.get_request(key).send().await?.body;
    let mut read = Vec::new();
    while read.len() < whole.len() / 4 {
        let Some(piece) = body.next().await else { break };
        read.extend_from_slice(&piece?);
    }
    meanwhile().await?;
    while let Some(piece) = body.next().await {
        match piece {
            Ok(piece) => read.extend_from_slice(&piece),
            Err(_) => return Ok("cut off".into()),
        }
    }
    ensure_same(&read, &whole)?;
    Ok("whole".into())
}

async fn read_while_it_is_deleted(b: &Bench) -> anyhow::Result<String> {
    let key = b.key("object");
    let seen = read_across(b, &key, async || {
        b.delete_request(&key).send().await?;
        Ok(())
    })
    .await?;
    ensure!(b.get_status(&key).await == "404 NoSuchKey", "it is still there");
    Ok(seen)
}

async fn read_while_it_is_replaced(b: &Bench) -> anyhow::Result<String> {
    let key = b.key("object");
    let seen = read_across(b, &key, async || b.put(&key, "new").await.map(drop)).await?;
    ensure_same(&b.get(&key).await?, b"new")?;
    Ok(seen)
}

async fn eight_writers_of_one_key(b: &Bench) -> anyhow::Result<String> {
    let key = b.key("object");
    let bodies: Vec<_> = (0..8u8)
        .map(|i| bytes(u64::from(i) + 1, 300_000 + usize::from(i)))
        .collect();
    let puts = futures::future::join_all(bodies.iter().map(|body| b.put(&key, body.clone()))).await;
    ensure!(puts.iter().all(Result::is_ok), "a writer was refused");
    let got = b.get(&key).await?;
    let head = b.head_request(&key).send().await?;
    ensure!(head.e_tag() == Some(&*etag_of(&got)), "the ETag is of another body");
    Ok(if bodies.contains(&got) {
        "one of them"
    } else {
        "a mixture"
    }
    .into())
}
