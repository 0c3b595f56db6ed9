//! N08: one token with as many objects as it gets, all of them given up again at once.

use std::{collections::BTreeMap, sync::Arc};

use futures::{FutureExt as _, StreamExt as _, future::BoxFuture, stream};
use tokio::time::Instant;

use super::{Attack, Stranger, reserve, stranger::random_text};

pub(super) const ATTACK: Attack = Attack {
    row: "N08",
    name: "one token full of rows",
    run,
};

fn run(stranger: Arc<Stranger>) -> BoxFuture<'static, anyhow::Result<String>> {
    async move {
        let (token, end) = (random_text::<32>()?, Instant::now() + reserve::HELD / 2);
        let mut told: BTreeMap<u16, usize> = BTreeMap::new();
        let mut held = Vec::new();
        while Instant::now() < end {
            let some = (0..16).map(|_| reserve::announce(&stranger, &token, 65_536));
            for (status, id) in futures::future::try_join_all(some).await? {
                *told.entry(status).or_default() += 1;
                if status == 201 {
                    held.push(id);
                }
            }
        }
        let end = Instant::now() + reserve::HELD / 2;
        let mut gone = stream::iter(held)
            .map(|id| {
                let url = stranger.url(&format!("/api/v1/uploads/{id}"));
                let asked = stranger.http().delete(url).header("sealdrop-token", &token);
                async move { Ok::<_, anyhow::Error>(asked.send().await?.status().as_u16()) }
            })
            .buffer_unordered(16);
        while let Some(status) = gone.next().await
            && Instant::now() < end
        {
            *told.entry(status?).or_default() += 1;
        }
        Ok(format!("{told:?}"))
    }
    .boxed()
}
