//! N01: uploads that promise terabytes and send nothing.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use futures::{FutureExt as _, future::BoxFuture};
use serde_json::json;
use tokio::time::Instant;

use super::{Attack, Stranger, stranger::random_text};

pub(super) const ATTACK: Attack = Attack {
    row: "N01",
    name: "room promised for nothing",
    run,
};

/// The largest that a guest may send. Where that is refused half of it is tried, down to a megabyte: the disk is to be full.
const LARGEST: u64 = 49_000_000_000;
const SMALLEST: u64 = 1_000_000;

/// For as long as an honest person needs for a few rounds.
const HELD: Duration = Duration::from_secs(5);

fn run(stranger: Arc<Stranger>) -> BoxFuture<'static, anyhow::Result<String>> {
    async move {
        let end = Instant::now() + HELD;
        let (mut promised, mut sealed_len) = (0, LARGEST);
        let mut told: BTreeMap<u16, usize> = BTreeMap::new();
        while Instant::now() < end && sealed_len > SMALLEST {
            let upload = json!({"object_id": random_text::<16>()?, "sealed_len": sealed_len, "part_len": 10_485_760});
            let asked = stranger.http().post(stranger.url("/api/v1/uploads"));
            let answer = asked
                .header("sealdrop-token", random_text::<32>()?)
                .json(&upload)
                .send()
                .await?;
            *told.entry(answer.status().as_u16()).or_default() += 1;
            if answer.status().is_success() {
                promised += sealed_len;
            } else {
                sealed_len /= 2;
            }
        }
        tokio::time::sleep_until(end).await;
        Ok(format!("{} GB promised, {told:?}", promised / 1_000_000_000))
    }
    .boxed()
}
