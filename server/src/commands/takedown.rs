//! `takedown`: removes a link. The database is enough: a server may run or not.

use std::{
    io::{self, BufRead as _},
    process::ExitCode,
};

use clap::Args;
use sealdrop_api::LinkId;
use sealdrop_service::{DatabaseConfig, LinkAdmin, Takedown};
use serde_json::json;

use super::{
    operator::operator,
    output::{fail, say},
};
use crate::config::Config;

/// Which link, and how to tell.
#[derive(Args)]
pub(super) struct TakedownArguments {
    /// The link as it was reported, or its id; `-` reads it from standard input. What stands behind a `#` is its key: it is dropped, and
    /// should better not be given.
    // An id may begin with a hyphen.
    #[arg(allow_hyphen_values = true)]
    link: String,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// Without the link: a key may stand in it.
impl std::fmt::Debug for TakedownArguments {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TakedownArguments").finish_non_exhaustive()
    }
}

/// What was given is not repeated.
#[derive(Debug, thiserror::Error)]
#[error("this is no link: expected https://…/d/ID, or the 22 characters of ID")]
struct NoLink;

pub(super) async fn takedown(config: &Config, arguments: TakedownArguments) -> ExitCode {
    let TakedownArguments { mut link, json } = arguments;
    if link == "-" {
        link.clear();
        if let Err(error) = io::stdin().lock().read_line(&mut link) {
            return fail(&error);
        }
    }
    let Some(id) = link_id(&link) else {
        return fail(&NoLink);
    };
    drop(link);
    let admin = match LinkAdmin::open(&DatabaseConfig::new(config.database.url.expose()), operator()).await {
        Ok(admin) => admin,
        Err(error) => return fail(&error),
    };
    match admin.take_down(id).await {
        Ok(done) => tell(id, done, json),
        Err(error) => fail(&error),
    }
}

/// The id in a link. The key goes first, before anything looks at the rest.
fn link_id(text: &str) -> Option<LinkId> {
    let without_key = text.split('#').next()?.trim();
    let path = without_key.split('?').next()?;
    let id = match path.rsplit_once("/d/") {
        Some((_, id)) => id.trim_end_matches('/'),
        None => path,
    };
    id.parse().ok()
}

fn tell(id: LinkId, done: Takedown, as_json: bool) -> ExitCode {
    let (was, bytes, reason) = match done {
        Takedown::Removed { was, sealed_bytes } => (Some(was), Some(sealed_bytes), None),
        Takedown::Already => (None, None, Some("it was removed before")),
        Takedown::Unknown => (None, None, Some("there is no such link here, or nothing is left of it")),
    };
    if as_json {
        say(json!({ "link_id": id, "changed": reason.is_none(), "was": was, "sealed_bytes": bytes, "reason": reason }));
    } else if let Some(reason) = reason {
        say(format_args!("link {id}: {reason}"));
    } else {
        say(format_args!(
            "link {id} is removed: it cannot be opened any more, and downloads that run end\n\
             its files ({} bytes, encrypted) are deleted by the next background job, within a minute while a worker runs\n\
             addresses of files that were handed out before work for five minutes at most",
            bytes.unwrap_or_default()
        ));
    }
    match done {
        Takedown::Removed { .. } | Takedown::Already => ExitCode::SUCCESS,
        Takedown::Unknown => ExitCode::FAILURE,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn o34_the_key_of_a_link_is_dropped_before_it_is_read() {
        let id = "7hQ2vXc0RkS9mTqLw3bZfA";
        for text in [
            id.to_owned(),
            format!("https://send.example.org/d/{id}"),
            format!("https://send.example.org/d/{id}#1.secret/d/of-the-link"),
            format!("  http://localhost:3000/d/{id}/?x=/d/1#1.secret \n"),
            format!("/d/{id}#"),
        ] {
            assert_eq!(link_id(&text).map(|id| id.to_string()).as_deref(), Some(id), "{text}");
        }
        for wrong in [
            "",
            "#7hQ2vXc0RkS9mTqLw3bZfA",
            "https://send.example.org/",
            "https://x/d/short",
            "/d/",
        ] {
            assert_eq!(link_id(wrong), None, "{wrong}");
        }
        let arguments = TakedownArguments {
            link: format!("/d/{id}#1.secret"),
            json: false,
        };
        assert!(!format!("{arguments:?}").contains("secret"));
    }

    #[test]
    fn an_id_that_begins_with_a_hyphen_is_no_option() {
        use clap::Parser as _;

        for id in ["-MAAAAAAAAAAAAAAAAAAAA", "--AAAAAAAAAAAAAAAAAAAA", "-"] {
            let read = crate::commands::Arguments::try_parse_from(["sealdrop-server", "takedown", id, "--json"]);
            assert!(read.is_ok(), "{id}");
        }
    }
}
