//! N01: uploads that promise terabytes and send nothing.

use std::sync::Arc;

use futures::{FutureExt as _, future::BoxFuture};
use tokio::time::Instant;

use super::reserve;
use crate::attack::{
    case::Attack,
    stranger::{Stranger, random_text},
};

pub(in crate::attack) const ATTACK: Attack = Attack {
    row: "N01",
    name: "room promised for nothing",
    aged: None,
    run,
};

/// The largest that a guest may send. Where that is refused half of it is tried, down to a megabyte: the disk is to be full.
const LARGEST: u64 = 49_000_000_000;
const SMALLEST: u64 = 1_000_000;

fn run(stranger: Arc<Stranger>) -> BoxFuture<'static, anyhow::Result<String>> {
    async move {
        let end = Instant::now() + reserve::HELD;
        let (mut promised, mut sealed_len) = (0, LARGEST);
        let mut told = reserve::Told::new();
        while Instant::now() < end && sealed_len > SMALLEST {
            let (status, _) = reserve::announce(&stranger, &random_text::<32>()?, sealed_len).await?;
            *told.entry(status).or_default() += 1;
            if (200..300).contains(&status) {
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
