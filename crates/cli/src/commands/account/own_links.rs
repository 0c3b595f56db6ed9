//! The links of the accounts that are signed in on this machine.

use sealdrop_api::links::{LinkStatus, ListLinks};
use sealdrop_transfer::{RetryPolicy, call};

use super::platform_of;
use crate::{
    account::all,
    failure::{Doing, Failure, explain::explain},
};

/// Pages of a hundred links that are asked for at most.
const MOST_PAGES: usize = 100;

/// The links of each account with its server, the newest first, and why some of them are missing.
pub(crate) async fn own_links() -> (Vec<(String, LinkStatus)>, Option<Failure>) {
    let (mut links, mut missing) = (Vec::new(), None);
    for kept in all() {
        if let Err(failure) = of_server(&kept.server, &mut links).await {
            missing = Some(failure);
        }
    }
    (links, missing)
}

async fn of_server(server: &str, links: &mut Vec<(String, LinkStatus)>) -> Result<(), Failure> {
    let (platform, _) = platform_of(server)?;
    let mut after = 0;
    for _ in 0..MOST_PAGES {
        let page = call(&platform, &ListLinks { after }, None, RetryPolicy::Interactive).await;
        let page = page.map_err(|error| explain(&error, Doing::Asking, server))?;
        links.extend(page.links.into_iter().map(|link| (server.to_owned(), link)));
        match page.next {
            Some(next) if next > after => after = next,
            _ => break,
        }
    }
    Ok(())
}
