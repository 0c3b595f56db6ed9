//! N09: pages of other sites that an honest person has open, whose browser guesses and makes uploads for them.
//!
//! What a browser sends for a page comes from the address of the person, so this attack uses up what is theirs.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use futures::{FutureExt as _, future::BoxFuture};
use tokio::time::Instant;

use crate::attack::{case::Attack, stranger::Stranger};

pub(in crate::attack) const ATTACK: Attack = Attack {
    row: "N09",
    name: "pages of other sites",
    aged: None,
    run,
};

const GOES_ON_FOR: Duration = Duration::from_secs(5);
/// Requests at most.
const MOST: usize = 2_000;

fn run(stranger: Arc<Stranger>) -> BoxFuture<'static, anyhow::Result<String>> {
    async move {
        let visitor = stranger.as_visitor()?;
        let begun = Instant::now();
        let mut told: BTreeMap<u16, usize> = BTreeMap::new();
        for n in 0..MOST {
            if begun.elapsed() >= GOES_ON_FOR {
                break;
            }
            // `fetch(…, {method: "POST", mode: "no-cors"})` of a page on https and of one on plain http.
            let (name, value) = if n % 2 == 0 {
                ("sec-fetch-site", "cross-site")
            } else {
                ("origin", "http://evil.test")
            };
            // Without a content type that a page may not send, a guess is heard as one only where the id is none.
            let url = stranger.url("/api/v1/links/none/open");
            let request = visitor
                .post(url)
                .header(name, value)
                .header("content-type", "text/plain");
            let answer = request.body("{}").send().await?;
            *told.entry(answer.status().as_u16()).or_default() += 1;
        }
        Ok(format!("{told:?}"))
    }
    .boxed()
}
