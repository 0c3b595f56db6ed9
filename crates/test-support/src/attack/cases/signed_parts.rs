//! N10: the parts of large uploads are signed, highest number first, and none is sent.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use futures::{FutureExt as _, future::BoxFuture};

use super::reserve;
use crate::attack::{
    case::Attack,
    stranger::{Stranger, random_text},
};

pub(in crate::attack) const ATTACK: Attack = Attack {
    row: "N10",
    name: "parts signed and never sent",
    aged: None,
    run,
};

const PART: u64 = 10_485_760;
/// Parts of each: 2.5 GB, so that the disk of a small machine takes it.
const PARTS: u64 = 240;
const WINDOW: u64 = 16;

fn run(stranger: Arc<Stranger>) -> BoxFuture<'static, anyhow::Result<String>> {
    async move {
        let signed = Arc::new(AtomicUsize::new(0));
        let told = reserve::at_once(stranger, 8, |stranger| {
            let signed = Arc::clone(&signed);
            async move {
                let token = random_text::<32>()?;
                let (mut status, id) = reserve::announce(&stranger, &token, PARTS * PART).await?;
                for window in (0..PARTS / WINDOW).rev() {
                    if !(200..300).contains(&status) {
                        break;
                    }
                    let parts = window * WINDOW + 1..=(window + 1) * WINDOW;
                    let (told, given) = reserve::sign(&stranger, (&token, &id), parts, PART).await?;
                    signed.fetch_add(given.len(), Ordering::Relaxed);
                    status = told;
                }
                Ok(status)
            }
        });
        let told = told.await;
        let gigabytes = signed.load(Ordering::Relaxed) as u64 * PART / 1_000_000_000;
        Ok(format!("{gigabytes} GB signed, {told:?}"))
    }
    .boxed()
}
