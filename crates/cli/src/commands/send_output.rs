//! What `sealdrop send` prints: the link, which must not be lost.

use sealdrop_api::limits::UNLIMITED_DOWNLOADS;
use sealdrop_transfer::Sent;
use serde::Serialize;

use crate::{
    failure::Failure,
    state::State,
    terminal::{progress_bar::say, streams},
    text::{bytes, downloads, files, instant, rfc3339},
    upload_journal::FileJournal,
};

/// What `--json` prints. Its keys are stable.
#[derive(Serialize)]
struct Report<'a> {
    link: &'a str,
    id: String,
    files: usize,
    plain_bytes: u64,
    sealed_bytes: u64,
    expires_at: String,
    owner_token: String,
}

/// Before anything is asked: without an output the link would be lost, and a closed input is not an empty one.
pub(super) fn check_streams(is_pipe: bool, discard: bool) -> Result<(), Failure> {
    if !discard && !streams::has_output() {
        return Err(Failure::other(
            "Standard output is closed or leads nowhere, so the link would be lost. Nothing was sent.",
        ));
    }
    if is_pipe && !streams::has_input() {
        return Err(Failure::source("Standard input is closed. Nothing was sent."));
    }
    if State::is_named()
        && let Some(state) = State::find()
    {
        state.try_out().map_err(|error| {
            Failure::usage(format!(
                "The folder of SEALDROP_STATE cannot be written: {error}. Nothing was sent."
            ))
        })?;
    }
    Ok(())
}

/// Prints the link. Where that fails, it is kept for another run, or shown where it can be.
pub(super) fn report(sent: &Sent, server: &str, journal: &FileJournal, json: bool) -> Result<(), Failure> {
    let link = sent.link.expose();
    let remembered = State::find().is_some_and(|state| state.remember(sent.link.link_id, server, &sent.owner).is_ok());
    let printed = if json {
        let report = Report {
            link: &link,
            id: sent.link.link_id.to_string(),
            files: sent.files,
            plain_bytes: sent.plain_bytes,
            sealed_bytes: sent.sealed_bytes,
            expires_at: rfc3339(sent.expires_at),
            owner_token: sent.owner.expose(),
        };
        serde_json::to_string(&report)
            .map_err(std::io::Error::other)
            .and_then(|line| streams::print(&line))
    } else {
        streams::print(&link)
    };
    if let Err(error) = printed {
        let failure = streams::cannot_write(&error);
        return Err(if journal.is_kept() {
            failure.and("The files are uploaded and the link is made. Run the same command again to get it.")
        } else {
            // The last place where anybody may find it.
            failure.and(&format!("The link was made, and this is it: {}", *link))
        });
    }
    journal.let_go();
    say(&format!(
        "Sent {}, {}. The link expires on {}{}. Save it: it cannot be recovered, and anyone with it can read the files.",
        files(sent.files),
        bytes(sent.plain_bytes),
        instant(sent.expires_at),
        match sent.max_downloads {
            UNLIMITED_DOWNLOADS => String::new(),
            count => format!(" or after {}", downloads(count)),
        },
    ));
    if !remembered {
        say("The state folder cannot be written, so `sealdrop revoke` will not work for this link.");
    }
    Ok(())
}
