//! N03: bodies that drip into the embedded bucket, as many as it takes at a time, and readers that hardly read.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use futures::{FutureExt as _, future::BoxFuture};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    task::JoinSet,
    time::Instant,
};

use super::reserve;
use crate::attack::{
    case::Attack,
    stranger::{Stranger, random_text},
};

pub(in crate::attack) const BODIES: Attack = Attack {
    row: "N03",
    name: "slow bodies",
    aged: None,
    run: |stranger| drip(stranger).boxed(),
};

pub(in crate::attack) const READERS: Attack = Attack {
    row: "N03",
    name: "slow readers of one address",
    aged: None,
    run: read_slowly,
};

/// More than the bucket receives, and sends, at a time.
const BODIES_AT_ONCE: usize = 40;
const READERS_AT_ONCE: usize = 80;

const HELD: Duration = Duration::from_secs(8);
const PART: u64 = 10_485_760;

async fn drip(stranger: Arc<Stranger>) -> anyhow::Result<String> {
    let mut dripping = JoinSet::new();
    let end = Instant::now() + HELD;
    let uploads = addresses(&stranger, BODIES_AT_ONCE).await?;
    let asked = uploads.len();
    for path in uploads {
        let stranger = Arc::clone(&stranger);
        dripping.spawn(async move { drip_one(&stranger, &path, end).await });
    }
    let mut told: BTreeMap<String, usize> = BTreeMap::new();
    while let Some(one) = dripping.join_next().await {
        *told.entry(one?.unwrap_or_else(|_| "cut off".to_owned())).or_default() += 1;
    }
    Ok(format!("{asked} bodies, {told:?}"))
}

/// 1.3 KiB a second of a part of ten MiB. Answers the status that it heard, if any.
async fn drip_one(stranger: &Stranger, path: &str, end: Instant) -> anyhow::Result<String> {
    let mut connection = stranger.connect().await?;
    let head = format!("PUT {path} HTTP/1.1\r\nHost: x\r\nContent-Length: {PART}\r\n\r\n");
    connection.write_all(head.as_bytes()).await?;
    while Instant::now() < end {
        connection.write_all(&[0; 130]).await?;
        if let Some(status) = status(&mut connection, Duration::from_millis(100)).await? {
            return Ok(status);
        }
    }
    Ok("held to the end".to_owned())
}

/// The status of an answer, if one comes within that time.
async fn status(connection: &mut TcpStream, within: Duration) -> anyhow::Result<Option<String>> {
    let mut answer = [0; 32];
    match tokio::time::timeout(within, connection.read(&mut answer)).await {
        Err(_) => Ok(None),
        Ok(Ok(0)) => anyhow::bail!("the server hung up"),
        Ok(Err(error)) => Err(error.into()),
        Ok(Ok(_)) => Ok(Some(String::from_utf8_lossy(&answer[9..12]).into_owned())),
    }
}

/// Signed addresses of first parts, as many as the server gives.
async fn addresses(stranger: &Stranger, most: usize) -> anyhow::Result<Vec<String>> {
    let mut all = Vec::new();
    while all.len() < most {
        let token = random_text::<32>()?;
        let (_, id) = reserve::announce(stranger, &token, PART).await?;
        let (_, signed) = reserve::sign(stranger, (&token, &id), 1..=1, PART).await?;
        if signed.is_empty() {
            break;
        }
        all.extend(signed);
    }
    Ok(all)
}

fn read_slowly(stranger: Arc<Stranger>) -> BoxFuture<'static, anyhow::Result<String>> {
    async move {
        let path = stranger.address_of_a_download().await?;
        let end = Instant::now() + HELD;
        let mut reading = JoinSet::new();
        for _ in 0..READERS_AT_ONCE {
            let (stranger, path) = (Arc::clone(&stranger), path.clone());
            reading.spawn(async move { read_one(&stranger, &path, end).await });
        }
        let mut told: BTreeMap<String, usize> = BTreeMap::new();
        while let Some(one) = reading.join_next().await {
            *told.entry(one?.unwrap_or_else(|_| "cut off".to_owned())).or_default() += 1;
        }
        Ok(format!("{READERS_AT_ONCE} readers, {told:?}"))
    }
    .boxed()
}

/// 1.3 KiB a second of a large object.
async fn read_one(stranger: &Stranger, path: &str, end: Instant) -> anyhow::Result<String> {
    let mut connection = stranger.connect().await?;
    let head = format!("GET {path} HTTP/1.1\r\nHost: x\r\n\r\n");
    connection.write_all(head.as_bytes()).await?;
    let mut said = None;
    let mut piece = [0; 130];
    while Instant::now() < end {
        match tokio::time::timeout_at(end, connection.read(&mut piece)).await {
            Err(_) => break,
            Ok(Ok(0)) => anyhow::bail!("the server hung up"),
            Ok(Err(error)) => return Err(error.into()),
            Ok(Ok(_)) => drop(said.get_or_insert_with(|| String::from_utf8_lossy(&piece[9..12]).into_owned())),
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Ok(said.unwrap_or_else(|| "waited to the end".to_owned()))
}
