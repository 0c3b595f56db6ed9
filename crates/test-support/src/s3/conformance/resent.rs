//! Parts that are sent more than once, also at the same time: the one that finishes last is the part, all of it.

use anyhow::{Context as _, bail, ensure};
use aws_sdk_s3::types::CompletedPart;
use bytes::Bytes;
use futures::{StreamExt as _, stream};
use tokio::{io::AsyncWriteExt as _, net::TcpStream};

use super::{
    bench::{Bench, MIB, bytes, ensure_same, etag_of, read_status, seen, target},
    case::{Case, case},
};

pub(super) fn cases() -> Vec<Case> {
    vec![
        case!(part_sent_again, "200", Seaweed: "200, listed 2 times", EVERY_ATTEMPT),
        case!(part_sent_again_shorter, "200", Seaweed: "200, listed 2 times", EVERY_ATTEMPT),
        case!(part_sent_again_finishing_first, "200", Seaweed: "200, listed 2 times", EVERY_ATTEMPT),
        case!(old_etag_of_a_part_sent_again, "400 InvalidPart", Seaweed: "200", EVERY_ATTEMPT),
        case!(part_sent_by_eight_at_once, "200", Seaweed: "200, listed 8 times", EVERY_ATTEMPT),
        case!(part_whose_connection_breaks, "nothing"),
        case!(part_whose_repeat_breaks, "first attempt"),
    ]
}

const EVERY_ATTEMPT: &str = "it keeps every attempt until Complete, which takes the one whose ETag is listed";

/// Half of an UploadPart, on a connection that stays open.
struct HalfSent {
    stream: TcpStream,
    rest: Bytes,
}

impl HalfSent {
    async fn start(b: &Bench, key: &str, id: &str, n: i32, body: Bytes) -> anyhow::Result<Self> {
        let url = b.sign_part(key, id, n, body.len(), 60).await?;
        let mut stream = b.connect().await?;
        let head = format!(
            "PUT {} HTTP/1.1\r\nHost: {}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
            target(&url)?,
            b.endpoint.authority(),
            body.len()
        );
        stream.write_all(head.as_bytes()).await?;
        let half = body.len() / 2;
        stream.write_all(&body[..half]).await?;
        stream.flush().await?;
        Ok(Self {
            stream,
            rest: body.slice(half..),
        })
    }

    async fn finish(mut self) -> anyhow::Result<String> {
        self.stream.write_all(&self.rest).await?;
        read_status(&mut self.stream).await
    }
}

/// Completes with part 1 as `body`, if such a part is listed, and reads it back. Size, ETag and bytes belong together on
/// every server, however many attempts it lists.
async fn complete_as(b: &Bench, key: &str, id: &str, body: &[u8]) -> anyhow::Result<String> {
    let parts = b.parts(key, id).await?;
    ensure!(
        parts.iter().all(|part| part.part_number() == Some(1)),
        "listed {parts:?}"
    );
    let told: Vec<_> = parts
        .iter()
        .map(|part| (part.size(), part.e_tag().map(str::to_owned)))
        .collect();
    let wanted = (i64::try_from(body.len()).ok(), Some(etag_of(body)));
    // A part that came by a presigned URL may have another ETag than its MD5: it is known by its length, and by what is read back.
    let listed = told.iter().find(|one| **one == wanted);
    let listed = listed.or_else(|| told.iter().find(|one| one.0 == wanted.0));
    let Some((_, etag)) = listed else {
        bail!("listed {told:?}, not {wanted:?}");
    };
    let part = CompletedPart::builder().part_number(1).set_e_tag(etag.clone()).build();
    let completed = seen(&b.complete(key, id, &[part]).await, "200");
    ensure_same(&b.get(key).await?, body)?;
    Ok(match told.len() {
        1 => completed,
        times => format!("{completed}, listed {times} times"),
    })
}

async fn part_sent_again(b: &Bench) -> anyhow::Result<String> {
    let (key, body) = (b.key("object"), bytes(2, MIB));
    let id = b.create(&key).await?;
    b.part(&key, &id, 1, bytes(1, MIB)).await?;
    b.part(&key, &id, 1, body.clone()).await?;
    complete_as(b, &key, &id, &body).await
}

async fn part_sent_again_shorter(b: &Bench) -> anyhow::Result<String> {
    let key = b.key("object");
    let id = b.create(&key).await?;
    b.part(&key, &id, 1, bytes(1, MIB)).await?;
    b.part(&key, &id, 1, "short").await?;
    complete_as(b, &key, &id, b"short").await
}

async fn part_sent_again_finishing_first(b: &Bench) -> anyhow::Result<String> {
    let (key, first, second) = (b.key("object"), bytes(1, 2 * MIB), bytes(2, MIB));
    let id = b.create(&key).await?;
    let slow = HalfSent::start(b, &key, &id, 1, first.clone()).await?;
    b.part(&key, &id, 1, second.clone()).await?;
    let meanwhile = b.parts(&key, &id).await?;
    ensure!(
        meanwhile.len() == 1 && meanwhile[0].e_tag() == Some(&*etag_of(&second)),
        "listed {meanwhile:?} while the first attempt was on its way"
    );
    let status = slow.finish().await?;
    ensure!(status == "200", "the first attempt heard {status}");
    complete_as(b, &key, &id, &first).await
}

async fn old_etag_of_a_part_sent_again(b: &Bench) -> anyhow::Result<String> {
    let key = b.key("object");
    let id = b.create(&key).await?;
    let old = b.part(&key, &id, 1, "old").await?;
    b.part(&key, &id, 1, "new").await?;
    let refused = b.complete(&key, &id, &[old]).await;
    if refused.is_ok() {
        ensure_same(&b.get(&key).await?, b"old")?;
    }
    b.forget(&key, &id).await;
    Ok(seen(&refused, "200"))
}

async fn part_sent_by_eight_at_once(b: &Bench) -> anyhow::Result<String> {
    let key = b.key("object");
    let id = b.create(&key).await?;
    let bodies: Vec<_> = (0..8)
        .map(|i: u8| bytes(u64::from(i) + 10, MIB + usize::from(i)))
        .collect();
    let (key, id) = (&key, &id);
    let sent = stream::iter(bodies.clone()).map(|body| async move { b.try_part(key, id, 1, body).await.is_ok() });
    let all = sent.buffer_unordered(8).all(|ok| async move { ok }).await;
    ensure!(all, "an attempt was refused");
    let etag = b
        .parts(key, id)
        .await?
        .last()
        .and_then(|part| part.e_tag().map(str::to_owned));
    let winner = bodies
        .iter()
        .find(|body| Some(etag_of(body)) == etag)
        .context("an ETag of no attempt")?;
    complete_as(b, key, id, winner).await
}

async fn part_whose_connection_breaks(b: &Bench) -> anyhow::Result<String> {
    let key = b.key("object");
    let id = b.create(&key).await?;
    drop(HalfSent::start(b, &key, &id, 1, bytes(1, 2 * MIB)).await?);
    // The next request is answered after the server has seen the connection end, or has not: either way no part.
    b.part(&key, &id, 2, "whole").await?;
    let parts = b.parts(&key, &id).await?;
    b.forget(&key, &id).await;
    Ok(if parts.len() == 1 && parts[0].part_number() == Some(2) {
        "nothing"
    } else {
        "a torn part"
    }
    .into())
}

async fn part_whose_repeat_breaks(b: &Bench) -> anyhow::Result<String> {
    let (key, body) = (b.key("object"), bytes(1, MIB));
    let id = b.create(&key).await?;
    b.part(&key, &id, 1, body.clone()).await?;
    drop(HalfSent::start(b, &key, &id, 1, bytes(2, MIB)).await?);
    b.part(&key, &id, 2, "whole").await?;
    let parts = b.parts(&key, &id).await?;
    b.forget(&key, &id).await;
    let kept = parts.first().and_then(|part| part.e_tag()) == Some(&*etag_of(&body));
    Ok(if kept { "first attempt" } else { "another part" }.into())
}
