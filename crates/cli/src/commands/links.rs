//! `sealdrop links`: what this machine keeps of the links that it sent, and where the server says that they stand.

use sealdrop_api::{
    LinkId, ProblemType,
    links::{GetLink, LinkState, LinkStatus},
};
use sealdrop_transfer::{RetryPolicy, TransferError, call};
use serde::Serialize;
use time::OffsetDateTime;

use super::CONCURRENCY;
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
    let kept = State::find().map(|state| state.all()).unwrap_or_default();
    let mut lines = Vec::new();
    let mut entries = Vec::new();
    for (link_id, sent, at) in kept {
        let standing = ask(link_id, &sent).await;
        if arguments.json {
            entries.push(entry(link_id, &sent, at, &standing));
        } else {
            lines.push(in_words(link_id, &sent, at, &standing));
        }
    }
    let text = if arguments.json {
        serde_json::to_string(&entries).map_err(|_| Failure::other("The list cannot be written as JSON."))?
    } else if lines.is_empty() {
        say("This machine keeps no sent links.");
        return Ok(());
    } else {
        say(
            "The part of a link after # is not kept, so these cannot be opened from here. `sealdrop revoke` turns one off.",
        );
        lines.join("\n")
    };
    streams::print(&text).map_err(|error| streams::cannot_write(&error))
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
            LinkState::Active => ("active", "active"),
            LinkState::Expired => ("expired", "expired"),
            LinkState::Exhausted => ("exhausted", "all downloads used"),
            LinkState::Revoked => ("revoked", "revoked"),
        },
        Standing::Gone => ("gone", "no longer on the server"),
        Standing::Unknown => ("unknown", "the server cannot be reached"),
    }
}

fn entry(link_id: LinkId, sent: &SentLink, at: Option<OffsetDateTime>, standing: &Standing) -> Entry {
    let status = match standing {
        Standing::Known(status) => Some(status),
        Standing::Gone | Standing::Unknown => None,
    };
    Entry {
        id: link_id.to_string(),
        server: sent.server.clone(),
        sent_at: at.map(rfc3339),
        state: state_of(standing).0,
        expires_at: status.map(|status| rfc3339(status.expires_at)),
        opened: status.map(|status| status.opened),
        active: status.map(|status| status.active),
        used: status.map(|status| status.used),
        failed: status.map(|status| status.failed),
        max_downloads: status.map(|status| status.max_downloads),
    }
}

fn in_words(link_id: LinkId, sent: &SentLink, at: Option<OffsetDateTime>, standing: &Standing) -> String {
    let when = at.map_or_else(|| "an unknown day".to_owned(), instant);
    let mut line = format!(
        "{link_id}  sent {when}  {}  {}",
        escape(&sent.server),
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
    line
}
