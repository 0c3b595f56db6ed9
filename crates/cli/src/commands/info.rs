//! `sealdrop info`: what a link holds, and on the machine that sent it what became of it. Takes no download.

use std::io::{self, Write};

use sealdrop_api::links::{GetLink, LinkState, LinkStatus};
use sealdrop_transfer::{OpenedLink, RetryPolicy, call, link_id_of};
use serde::Serialize;

use super::{CONCURRENCY, open, read_link};
use crate::{
    args::InfoArguments,
    failure::Failure,
    platform::CliPlatform,
    state::State,
    terminal::{
        progress_bar::say,
        streams::{self, Pieces},
    },
    text::{bytes, downloads, escape, files, instant, of_downloads, rfc3339},
};

/// What `--json` prints. Its keys are stable.
#[derive(Serialize)]
struct Report<'a> {
    id: String,
    name: &'a str,
    note: Option<&'a str>,
    files: Vec<File<'a>>,
    plain_bytes: u64,
    expires_at: String,
    downloads_left: u32,
    max_downloads: u32,
    password: bool,
    /// Only on the machine that sent the link.
    counts: Option<Counts>,
}

/// What the sender of a link may know of it.
#[derive(Serialize)]
struct Counts {
    opened: u64,
    active: u32,
    used: u32,
    failed: u32,
}

#[derive(Serialize)]
struct File<'a> {
    path: &'a str,
    bytes: u64,
    mime: Option<&'a str>,
    modified_ms: Option<u64>,
}

pub(crate) async fn info(arguments: InfoArguments) -> Result<(), Failure> {
    let link = read_link(&arguments.link)?;
    let sent = sent_from_here(&arguments.link).await;
    let opened = match (open(&link).await, &sent) {
        (Ok((_, opened)), _) => opened,
        // The link does not open any more: its status is still printed.
        (Err(failure), Some(status)) if status.state != LinkState::Active => {
            say(&counted(status));
            if let Some(until) = status.revivable_until {
                say(&format!("The files are kept until {}.", instant(until)));
            }
            return Err(failure);
        }
        (Err(failure), _) => return Err(failure),
    };
    let mut out = Pieces::buffered();
    let written = if arguments.json {
        write_json(&mut out, &opened, sent.as_ref())
    } else {
        write_words(&mut out, &opened, sent.as_ref())
    };
    let written = written.and_then(|()| out.flush());
    written.map_err(|error| streams::cannot_write(&error))
}

/// Status for the owner of the link, if this machine sent it. Without it the rest is printed all the same.
async fn sent_from_here(link: &str) -> Option<LinkStatus> {
    let (_, link_id) = link_id_of(link).ok()?;
    let sent = State::find()?.recall(link_id)?;
    let platform = CliPlatform::new(&sent.server, CONCURRENCY).ok()?;
    let asking = GetLink { link_id };
    call(&platform, &asking, Some(&sent.owner_token), RetryPolicy::Interactive)
        .await
        .ok()
}

fn counted(status: &LinkStatus) -> String {
    let LinkStatus {
        opened,
        active,
        used,
        failed,
        ..
    } = status;
    let mut all = vec![downloads(*used)];
    if *active > 0 {
        all.push(format!("{active} in progress"));
    }
    if *failed > 0 {
        all.push(format!("{failed} not finished"));
    }
    let times = match opened {
        0 => "not opened yet".to_owned(),
        1 => "opened once".to_owned(),
        many => format!("opened {many} times"),
    };
    format!("Sent from here: {times}, {}", all.join(", "))
}

fn write_json(out: &mut impl Write, opened: &OpenedLink, sent: Option<&LinkStatus>) -> io::Result<()> {
    let report = Report {
        id: opened.link_id.to_string(),
        name: &opened.name,
        note: opened.note.as_deref(),
        files: opened
            .files
            .iter()
            .map(|file| File {
                path: &file.path,
                bytes: file.len,
                mime: file.mime.as_deref(),
                modified_ms: file.modified_ms,
            })
            .collect(),
        plain_bytes: opened.plain_bytes,
        expires_at: rfc3339(opened.expires_at),
        downloads_left: opened.downloads_left,
        max_downloads: opened.max_downloads,
        password: opened.has_password,
        counts: sent.map(|status| Counts {
            opened: status.opened,
            active: status.active,
            used: status.used,
            failed: status.failed,
        }),
    };
    serde_json::to_writer(&mut *out, &report)?;
    out.write_all(b"\n")
}

fn write_words(out: &mut impl Write, opened: &OpenedLink, sent: Option<&LinkStatus>) -> io::Result<()> {
    writeln!(
        out,
        "{}: {}, {}",
        escape(&opened.name),
        files(opened.files.len()),
        bytes(opened.plain_bytes)
    )?;
    if let Some(note) = &opened.note {
        writeln!(out, "Note: {}", escape(note))?;
    }
    writeln!(
        out,
        "Expires on {}, {} left",
        instant(opened.expires_at),
        of_downloads(opened.downloads_left, opened.max_downloads)
    )?;
    if let Some(status) = sent {
        writeln!(out, "{}", counted(status))?;
    }
    opened
        .files
        .iter()
        .try_for_each(|file| writeln!(out, "{:>10}  {}", bytes(file.len), escape(&file.path)))
}
