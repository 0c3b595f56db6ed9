//! N05: 600 loops that ask for room, and there is one writer.

use std::sync::Arc;

use futures::{FutureExt as _, future::BoxFuture};

use super::reserve;
use crate::attack::{
    case::Attack,
    stranger::{Stranger, random_text},
};

pub(in crate::attack) const ATTACK: Attack = Attack {
    row: "N05",
    name: "600 loops of reservations",
    aged: None,
    run,
};

fn run(stranger: Arc<Stranger>) -> BoxFuture<'static, anyhow::Result<String>> {
    async move {
        let told = reserve::at_once(stranger, 600, async |stranger| {
            let (status, _) = reserve::announce(&stranger, &random_text::<32>()?, 65_536).await?;
            Ok(status)
        });
        Ok(format!("{:?}", told.await))
    }
    .boxed()
}
