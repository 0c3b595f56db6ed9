//! N02: passwords of one link, 1,500 at the same time from one address, and then more.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use futures::{FutureExt as _, StreamExt as _, future::BoxFuture, stream};
use serde_json::json;
use tokio::time::Instant;

use crate::attack::{
    case::Attack,
    stranger::{Stranger, random_text},
};

pub(in crate::attack) const ATTACK: Attack = Attack {
    row: "N02",
    name: "guesses all at once",
    aged: None,
    run,
};

/// Guesses, and how many of them are on their way at a time.
const AT_ONCE: usize = 1_500;
const GOES_ON_FOR: Duration = Duration::from_secs(5);

fn run(stranger: Arc<Stranger>) -> BoxFuture<'static, anyhow::Result<String>> {
    async move {
        let begun = Instant::now();
        // The server answers the same about a link that it does not have.
        let url = stranger.url(&format!("/api/v1/links/{}/open", random_text::<16>()?));
        let mut told: BTreeMap<String, usize> = BTreeMap::new();
        let mut longest = 0;
        loop {
            let guesses = stream::iter(0..AT_ONCE).map(|_| guess(&stranger, &url));
            let answers: Vec<_> = guesses.buffer_unordered(AT_ONCE / 3).collect().await;
            for (status, wait) in answers {
                *told.entry(status).or_default() += 1;
                longest = longest.max(wait);
            }
            if begun.elapsed() >= GOES_ON_FOR {
                break;
            }
        }
        Ok(format!("{told:?}, to wait {longest} s at most"))
    }
    .boxed()
}

/// The status, and for how long to stay away.
async fn guess(stranger: &Stranger, url: &str) -> (String, u64) {
    let Ok(auth) = random_text::<32>() else {
        return ("no randomness".to_owned(), 0);
    };
    match stranger.http().post(url).json(&json!({"auth": auth})).send().await {
        Ok(answer) => {
            let wait = answer.headers().get("retry-after").and_then(|wait| wait.to_str().ok());
            let wait = wait.and_then(|wait| wait.parse().ok()).unwrap_or(0);
            (answer.status().as_u16().to_string(), wait)
        }
        Err(_) => ("no answer".to_owned(), 0),
    }
}
