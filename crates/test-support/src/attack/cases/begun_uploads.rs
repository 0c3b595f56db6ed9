//! N06: uploads of the smallest length, begun in the bucket and left there.

use std::sync::Arc;

use futures::{FutureExt as _, future::BoxFuture};

use super::reserve;
use crate::attack::{
    case::Attack,
    stranger::{Stranger, random_text},
};

pub(in crate::attack) const ATTACK: Attack = Attack {
    row: "N06",
    name: "uploads begun and left",
    aged: None,
    run,
};

/// The smallest object.
const SMALLEST: u64 = 172;

fn run(stranger: Arc<Stranger>) -> BoxFuture<'static, anyhow::Result<String>> {
    async move {
        let told = reserve::at_once(stranger, 16, async |stranger| {
            let token = random_text::<32>()?;
            let (status, id) = reserve::announce(&stranger, &token, SMALLEST).await?;
            if status != 201 {
                return Ok(status);
            }
            Ok(reserve::sign(&stranger, (&token, &id), 1..=1, SMALLEST).await?.0)
        });
        Ok(format!("{:?}", told.await))
    }
    .boxed()
}
