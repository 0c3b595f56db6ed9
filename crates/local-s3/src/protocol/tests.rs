//! How long a permit is held: requests whose signature was checked, as `s3s` hands them on.

use std::{
    io::Write as _,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::ensure;
use bytes::Bytes;
use futures::{StreamExt as _, stream};
use s3s::{S3, S3ErrorCode, S3Request, S3Result, dto};

use super::Bucket;
use crate::{
    config::LocalS3Config,
    credentials::Credentials,
    store::{Fault, Faults, Step, Store, WriteCondition},
};

const SIZE: usize = 1 << 20;

/// A bucket with one object, that sends to two strangers at a time.
fn bucket(change: impl FnOnce(&mut LocalS3Config)) -> anyhow::Result<(tempfile::TempDir, Bucket)> {
    let folder = tempfile::tempdir()?;
    let mut config = LocalS3Config::new(folder.path().join("bucket"), &Credentials::new("A".into(), "B".into()));
    (config.max_concurrency, config.max_wait) = (1, Duration::from_millis(100));
    config.reserved_bytes = 0;
    change(&mut config);
    let store = Arc::new(Store::open(&config.root, Faults::default())?);
    let mut body = store.temp_file()?;
    body.file.write_all(&vec![7; SIZE])?;
    store.put_object("object", body, [1; 16], SIZE as u64, &WriteCondition::None)?;
    Ok((folder, Bucket::new(store, &config)))
}

fn request<T>(input: T, uri: &'static str) -> S3Request<T> {
    S3Request {
        input,
        method: http::Method::GET,
        uri: http::Uri::from_static(uri),
        headers: http::HeaderMap::new(),
        extensions: http::Extensions::new(),
        credentials: None,
        region: None,
        service: None,
        trailing_headers: None,
    }
}

fn get(uri: &'static str) -> S3Request<dto::GetObjectInput> {
    let input = dto::GetObjectInput {
        bucket: "blobs".to_owned(),
        key: "object".to_owned(),
        ..Default::default()
    };
    request(input, uri)
}

async fn read_by_url(bucket: &Bucket) -> S3Result<dto::StreamingBlob> {
    let answer = bucket.get_object(get("/blobs/object?X-Amz-Signature=00")).await?;
    Ok(answer.output.body.unwrap_or_else(|| s3s::Body::empty().into()))
}

async fn rest_of(mut body: dto::StreamingBlob) -> anyhow::Result<usize> {
    let mut read = 0;
    while let Some(piece) = body.next().await {
        read += piece.map_err(|error| anyhow::anyhow!("{error}"))?.len();
    }
    Ok(read)
}

#[tokio::test]
async fn a_reader_that_takes_nothing_gives_its_turn_back() -> anyhow::Result<()> {
    let (_folder, bucket) = bucket(|config| config.send_stall = Duration::from_secs(3))?;
    let mut idle = read_by_url(&bucket).await?;
    let _other = read_by_url(&bucket).await?;
    let first = idle
        .next()
        .await
        .map_or(0, |piece| piece.map_or(0, |piece| piece.len()));
    let refused = read_by_url(&bucket).await.err();
    ensure!(refused.is_some_and(|error| *error.code() == S3ErrorCode::SlowDown));
    let end = Instant::now() + Duration::from_secs(30);
    let again = loop {
        match read_by_url(&bucket).await {
            Ok(body) => break body,
            Err(refused) => ensure!(Instant::now() < end, "the permits are never free again: {refused}"),
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    ensure!(rest_of(again).await? == SIZE);
    ensure!(rest_of(idle).await? + first == SIZE, "and who paused reads on");
    Ok(())
}

#[tokio::test]
async fn strangers_do_not_use_up_the_owners_turns() -> anyhow::Result<()> {
    let (_folder, bucket) = bucket(|_| {})?;
    let _strangers = (read_by_url(&bucket).await?, read_by_url(&bucket).await?);
    let mut own = get("/blobs/object");
    own.headers
        .insert("authorization", "AWS4-HMAC-SHA256 Credential=A".parse()?);
    let answer = bucket
        .get_object(own)
        .await
        .map_err(|error| anyhow::anyhow!("{error}"))?;
    ensure!(answer.output.content_length == Some(SIZE as i64));
    // An unchecked header must not make a stranger the owner.
    let mut both = get("/blobs/object?X-Amz-Signature=00");
    both.headers
        .insert("authorization", "AWS4-HMAC-SHA256 Credential=A".parse()?);
    ensure!(bucket.get_object(both).await.is_err());
    Ok(())
}

fn put(pieces: usize, piece: usize) -> S3Request<dto::PutObjectInput> {
    let dripping = stream::unfold(0, move |sent| async move {
        tokio::time::sleep(Duration::from_millis(50)).await;
        (sent < pieces).then(|| (Ok::<_, std::io::Error>(Bytes::from(vec![0; piece])), sent + 1))
    });
    let input = dto::PutObjectInput {
        bucket: "blobs".to_owned(),
        key: "dripped".to_owned(),
        body: Some(dto::StreamingBlob::wrap(dripping)),
        content_length: i64::try_from(pieces * piece).ok(),
        ..Default::default()
    };
    request(input, "/blobs/dripped")
}

#[tokio::test]
async fn a_body_that_drips_is_refused() -> anyhow::Result<()> {
    let (_folder, bucket) = bucket(|config| config.slow_start = Duration::from_millis(300))?;
    let refused = bucket.put_object(put(20, 1)).await.err();
    ensure!(
        refused
            .as_ref()
            .is_some_and(|error| *error.code() == S3ErrorCode::RequestTimeout),
        "{refused:?}"
    );
    let slow = bucket.put_object(put(20, 64 << 10)).await;
    ensure!(slow.is_ok(), "{:?}", slow.err());
    Ok(())
}

/// A request that waits for the only permit takes it from a slow body, whose sender is asked to retry.
#[tokio::test]
async fn n03_a_slow_body_makes_way() -> anyhow::Result<()> {
    let (_folder, bucket) = bucket(|config| {
        config.max_wait = Duration::from_secs(60);
        (config.crowded_start, config.crowded_rate) = (Duration::ZERO, 10 << 20);
    })?;
    let slow = bucket.clone();
    let slow = tokio::spawn(async move { slow.put_object(put(100_000, 1)).await });
    // The slow one came first: it holds the permit.
    while !bucket.write_permits.is_full() {
        tokio::task::yield_now().await;
    }
    ensure!(bucket.put_object(put(1, 64 << 10)).await.is_ok());
    let refused = slow.await?.err();
    ensure!(
        refused
            .as_ref()
            .is_some_and(|error| *error.code() == S3ErrorCode::SlowDown),
        "{refused:?}"
    );
    Ok(())
}

/// Each body would fit, and both would not.
#[tokio::test]
async fn n10_the_disk_is_promised_once() -> anyhow::Result<()> {
    let (_folder, bucket) = bucket(|_| {})?;
    let most = bucket.store.available_bytes()? / 3 * 2;
    let reserved = bucket.disk_space.reserve(most)?;
    ensure!(
        bucket
            .disk_space
            .reserve(most)
            .err()
            .is_some_and(|error| error.status_code() == Some(http::StatusCode::INSUFFICIENT_STORAGE))
    );
    reserved.written(usize::try_from(most)?);
    let again = bucket.disk_space.reserve(most)?;
    drop((reserved, again));
    ensure!(bucket.disk_space.reserve(most).is_ok());
    Ok(())
}

/// The disk does not confirm the manifest: a HEAD of the object fails as well.
#[tokio::test]
async fn what_the_disk_has_not_confirmed_is_shown_to_nobody() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let config = LocalS3Config::new(
        folder.path().join("below/bucket"),
        &Credentials::new("A".into(), "B".into()),
    );
    let at = Some((Step::ManifestSynced, Fault::DiskFull));
    let store = Arc::new(Store::open(&config.root, Faults { at })?);
    let mut body = store.temp_file()?;
    body.file.write_all(b"seven")?;
    let put = store.put_object("object", body, [1; 16], 5, &WriteCondition::None);
    ensure!(put.is_err());
    let bucket = Bucket::new(store, &config);
    let head = || {
        let input = dto::HeadObjectInput {
            bucket: "blobs".to_owned(),
            key: "object".to_owned(),
            ..Default::default()
        };
        request(input, "/blobs/object")
    };
    ensure!(bucket.head_object(head()).await.is_err());
    ensure!(bucket.get_object(get("/blobs/object")).await.is_err());
    drop(bucket);
    let store = Arc::new(Store::open(&config.root, Faults::default())?);
    let head = Bucket::new(store, &config).head_object(head()).await;
    ensure!(
        head.is_ok_and(|head| head.output.content_length == Some(5)),
        "it was renamed"
    );
    Ok(())
}
