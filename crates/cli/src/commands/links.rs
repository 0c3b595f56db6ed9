//! `sealdrop links`: the links that this machine sent, those of the accounts that are signed in here, and where the servers say that
//! they stand.

use std::collections::HashSet;

use sealdrop_api::{
    LinkId, ProblemType,
    links::{GetLink, LinkState, LinkStatus},
};
use sealdrop_transfer::{RetryPolicy, TransferError, call};
use serde::Serialize;
use time::OffsetDateTime;

use super::{CONCURRENCY, account::own_links::own_links};
use crate::{
    args::LinksArguments,
    failure::Failure,
    platform::CliPlatform,
    state::{SentLink, State},
    terminal::{progress_bar::say, streams},
    text::{escape, instant, of_downloads, rfc3339},
};

/// One entry of `--json`. Its keys are stable.
#[derive(Serialize)]
struct Entry {
    id: String,
    server: String,
    sent_at: Option<String>,
    state: &'static str,
    expires_at: Option<String>,
    opened: Option<u64>,
    active: Option<u32>,
    used: Option<u32>,
    failed: Option<u32>,
    max_downloads: Option<u32>,
    device: bool,
    account: bool,
}

/// One link of the list.
struct Listed {
    link_id: LinkId,
    server: String,
    at: Option<OffsetDateTime>,
    standing: Standing,
    /// Whether this machine sent it.
    is_here: bool,
    /// Whether it is of an account.
    is_account: bool,
}

/// What asking about a link came to.
enum Standing {
    Known(LinkStatus),
    /// The server does not know it.
    Gone,
    /// The server cannot be reached, or says nothing of use.
    Unknown,
}

pub(crate) async fn links(arguments: LinksArguments) -> Result<(), Failure> {
    let (listed, missing) = list().await;
    // What is there is shown, then what is missing is said.
    let end = missing.map_or(Ok(()), Err);
    let text = if arguments.json {
        let entries: Vec<Entry> = listed.iter().map(entry).collect();
        serde_json::to_string(&entries).map_err(|_| Failure::other("The list cannot be written as JSON."))?
    } else if listed.is_empty() {
        say("This machine keeps no sent links.");
        return end;
    } else {
        say(
            "The part of a link after # is not kept, so these cannot be opened from here. `sealdrop revoke ID` turns one off.",
        );
        listed.iter().map(in_words).collect::<Vec<_>>().join("\n")
    };
    streams::print(&text).map_err(|error| streams::cannot_write(&error))?;
    end
}

/// The links of this machine, then those of accounts that others sent; and why some of these are missing.
async fn list() -> (Vec<Listed>, Option<Failure>) {
    let (own, missing) = own_links().await;
    let mut listed = Vec::new();
    for (link_id, sent, at) in State::find().map(|state| state.all()).unwrap_or_default() {
        let of_account = own
            .iter()
            .find(|(server, link)| link.link_id == link_id && *server == sent.server);
        listed.push(Listed {
            link_id,
            at,
            standing: match of_account {
                Some((_, status)) => Standing::Known(status.clone()),
                None => ask(link_id, &sent).await,
            },
            server: sent.server,
            is_here: true,
            is_account: of_account.is_some(),
        });
    }
    let sent_here: HashSet<LinkId> = listed.iter().map(|link| link.link_id).collect();
    let others = own.into_iter().filter(|(_, link)| !sent_here.contains(&link.link_id));
    listed.extend(others.map(|(server, status)| Listed {
        link_id: status.link_id,
        server,
        at: status.created_at,
        standing: Standing::Known(status),
        is_here: false,
        is_account: true,
    }));
    (listed, missing)
}

async fn ask(link_id: LinkId, sent: &SentLink) -> Standing {
    let Ok(platform) = CliPlatform::new(&sent.server, CONCURRENCY) else {
        return Standing::Unknown;
    };
    match call(
        &platform,
        &GetLink { link_id },
        Some(&sent.owner_token),
        RetryPolicy::Interactive,
    )
    .await
    {
        Ok(status) => Standing::Known(status),
        Err(TransferError::Problem { problem, .. }) if problem.kind == ProblemType::LinkNotFound => Standing::Gone,
        Err(_) => Standing::Unknown,
    }
}

/// For programs, and for people.
const fn state_of(standing: &Standing) -> (&'static str, &'static str) {
    match standing {
        Standing::Known(status) => match status.state {
            LinkState::Active if status.paused => ("paused", "paused"),
            LinkState::Active => ("active", "active"),
            LinkState::Expired => ("expired", "expired"),
            LinkState::Exhausted => ("exhausted", "all downloads used"),
            LinkState::Revoked => ("revoked", "revoked"),
            LinkState::Removed => ("removed", "removed by the operator"),
        },
        Standing::Gone => ("gone", "no longer on the server"),
        Standing::Unknown => ("unknown", "the server cannot be reached"),
    }
}

fn entry(link: &Listed) -> Entry {
    let status = match &link.standing {
        Standing::Known(status) => Some(status),
        Standing::Gone | Standing::Unknown => None,
    };
    Entry {
        id: link.link_id.to_string(),
        server: link.server.clone(),
        sent_at: link.at.map(rfc3339),
        state: state_of(&link.standing).0,
        expires_at: status.map(|status| rfc3339(status.expires_at)),
        opened: status.map(|status| status.opened),
        active: status.map(|status| status.active),
        used: status.map(|status| status.used),
        failed: status.map(|status| status.failed),
        max_downloads: status.map(|status| status.max_downloads),
        device: link.is_here,
        account: link.is_account,
    }
}

fn in_words(link: &Listed) -> String {
    let Listed {
        link_id, at, standing, ..
    } = link;
    let when = at.map_or_else(|| "an unknown day".to_owned(), instant);
    let mut line = format!(
        "{link_id}  sent {when}  {}  {}",
        escape(&link.server),
        state_of(standing).1
    );
    if let Standing::Known(status) = standing {
        let ends = if status.state == LinkState::Active {
            "expires"
        } else {
            "ended"
        };
        line.push_str(&format!(
            ", {} used, {ends} {}",
            of_downloads(status.used, status.max_downloads),
            instant(status.expires_at)
        ));
    }
    if link.is_account {
        line.push_str(", of your account");
    }
    line
}
