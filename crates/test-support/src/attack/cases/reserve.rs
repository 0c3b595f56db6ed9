//! What the attacks on the database share: uploads that are announced and begun, many at a time.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use futures::future::join_all;
use serde_json::json;
use tokio::{
    sync::Mutex,
    time::{Instant, timeout_at},
};

use crate::attack::stranger::{Stranger, random_text};

/// For as long as an honest person needs for a few rounds.
pub(in crate::attack) const HELD: Duration = Duration::from_secs(5);

/// What was answered, by status.
pub(in crate::attack) type Told = BTreeMap<u16, usize>;

/// An upload of that length; who asks, and the id, are new each time unless they are given.
pub(in crate::attack) async fn announce(
    stranger: &Stranger,
    token: &str,
    sealed_len: u64,
) -> anyhow::Result<(u16, String)> {
    let id = random_text::<16>()?;
    let upload = json!({"object_id": id, "sealed_len": sealed_len, "part_len": 10_485_760});
    let asked = stranger.http().post(stranger.url("/api/v1/uploads"));
    let answer = asked.header("sealdrop-token", token).json(&upload).send().await?;
    Ok((answer.status().as_u16(), id))
}

/// Addresses for some parts of one length, as many as the server gives.
pub(in crate::attack) async fn sign(
    stranger: &Stranger,
    (token, id): (&str, &str),
    parts: impl Iterator<Item = u64>,
    len: u64,
) -> anyhow::Result<(u16, Vec<String>)> {
    let parts: Vec<_> = parts.map(|n| json!({"n": n, "len": len})).collect();
    let asked = stranger
        .http()
        .post(stranger.url(&format!("/api/v1/uploads/{id}/urls")));
    let answer = asked
        .header("sealdrop-token", token)
        .json(&json!({"parts": parts}))
        .send()
        .await?;
    let status = answer.status().as_u16();
    let signed: serde_json::Value = answer.json().await.unwrap_or_default();
    let urls = signed["urls"].as_array().into_iter().flatten();
    let addresses = urls.filter_map(|one| Some(one["url"].as_str()?.to_owned()));
    Ok((status, addresses.collect()))
}

/// Does it again and again, so many at a time, until [`HELD`] is over. What has no answer by then, or a connection that ended, is
/// part of the answer: status 0.
pub(in crate::attack) async fn at_once<F>(
    stranger: Arc<Stranger>,
    loops: usize,
    one: impl Fn(Arc<Stranger>) -> F,
) -> Told
where
    F: Future<Output = anyhow::Result<u16>>,
{
    let (end, told) = (Instant::now() + HELD, Mutex::new(Told::new()));
    let looping = (0..loops).map(|_| async {
        while Instant::now() < end {
            let answer = timeout_at(end, one(Arc::clone(&stranger))).await;
            let status = answer.ok().and_then(Result::ok).unwrap_or(0);
            *told.lock().await.entry(status).or_default() += 1;
        }
    });
    join_all(looping).await;
    told.into_inner()
}
