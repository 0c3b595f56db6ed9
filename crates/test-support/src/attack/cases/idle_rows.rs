//! N08: tokens with ten and a hundred thousand rows untouched for longer than anything is kept, and one that is filled and
//! given up again meanwhile.

use std::{collections::BTreeMap, sync::Arc};

use anyhow::ensure;
use futures::{FutureExt as _, StreamExt as _, future::BoxFuture, stream};
use sea_orm::{ConnectionTrait as _, Database};
use tokio::time::Instant;

use super::reserve;
use crate::attack::{
    case::Attack,
    stranger::{Stranger, random_text},
};
use crate::installation::TestInstallation;

pub(in crate::attack) const ATTACK: Attack = Attack {
    row: "N08",
    name: "tokens full of idle rows",
    aged: Some(aged),
    run,
};

/// Rows of a token and how many of them were begun: what one client may hold by default, and what none was begun of.
const TOKENS: [(u32, u32); 2] = [(10_000, 500), (100_000, 0)];

/// Written into the database as the release left them that knew no bounds: a row for each, of no client, of 1970.
fn aged(setup: &TestInstallation) -> BoxFuture<'_, anyhow::Result<()>> {
    async move {
        let database = Database::connect(setup.database_url()).await?;
        for (n, (rows, begun)) in TOKENS.into_iter().enumerate() {
            let token = format!("{n:064x}");
            let plant = format!(
                "WITH RECURSIVE many(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM many WHERE n < {rows}) \
                 INSERT INTO uploads (object_id, token_hash, key, part_len, reserved_len, state, upload_id, created_at, touched_at) \
                 SELECT randomblob(16), x'{token}', 'o/idle-{n}-' || n, 10485760, 65536, CASE WHEN n <= {begun} THEN 'uploading' \
                 ELSE 'reserved' END, CASE WHEN n <= {begun} THEN 'idle-' || n END, 1, 1 FROM many"
            );
            let planted = database.execute_unprepared(&plant).await?.rows_affected();
            ensure!(planted == u64::from(rows), "{planted} rows of {rows}");
        }
        database.close().await?;
        Ok(())
    }
    .boxed()
}

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
