//! `sealdrop info`: what a link holds. Counts nothing.

use sealdrop_transfer::OpenedLink;
use serde::Serialize;

use super::open;
use crate::{
    args::InfoArguments,
    bar::print,
    failure::Failure,
    text::{bytes, escape, files, instant, rfc3339},
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
}

#[derive(Serialize)]
struct File<'a> {
    path: &'a str,
    bytes: u64,
    mime: Option<&'a str>,
    modified_ms: Option<u64>,
}

pub(crate) async fn info(arguments: InfoArguments) -> Result<(), Failure> {
    let (_, opened) = open(&arguments.link).await?;
    let text = if arguments.json {
        as_json(&opened)?
    } else {
        as_words(&opened)
    };
    print(&text).map_err(|_| Failure::other("Standard output is closed. Nothing was changed."))
}

fn as_json(opened: &OpenedLink) -> Result<String, Failure> {
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
    };
    serde_json::to_string(&report)
        .map_err(|_| Failure::other("The list cannot be written as JSON. Nothing was changed."))
}

fn as_words(opened: &OpenedLink) -> String {
    let mut lines = vec![format!(
        "{}: {}, {}",
        escape(&opened.name),
        files(opened.files.len()),
        bytes(opened.plain_bytes)
    )];
    if let Some(note) = &opened.note {
        lines.push(format!("Note: {}", escape(note)));
    }
    lines.push(format!(
        "Ends on {}, {} of {} downloads left",
        instant(opened.expires_at),
        opened.downloads_left,
        opened.max_downloads
    ));
    lines.extend(
        opened
            .files
            .iter()
            .map(|file| format!("{:>10}  {}", bytes(file.len), escape(&file.path))),
    );
    lines.join("\n")
}
