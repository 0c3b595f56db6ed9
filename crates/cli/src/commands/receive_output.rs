//! What `sealdrop receive` prints.

use sealdrop_transfer::Receipt;
use serde::Serialize;

use crate::{
    bar::say,
    folder::Saved,
    streams,
    text::{arrow, bytes, escape, files, shown},
};

/// What `--json` prints. Its keys are stable.
#[derive(Serialize)]
pub(super) struct Report<'a> {
    pub(super) id: String,
    pub(super) files: Vec<ReportedFile<'a>>,
    pub(super) plain_bytes: u64,
    pub(super) kept_bytes: u64,
    pub(super) counted: bool,
}

#[derive(Serialize)]
pub(super) struct ReportedFile<'a> {
    pub(super) path: &'a str,
    pub(super) saved_as: String,
    pub(super) bytes: u64,
    pub(super) unaltered: bool,
}

/// Prints where the files are; those of earlier runs may have been moved since. Gives the first that could not be printed.
pub(super) fn say_saved(saved: &[Saved], json: bool) -> std::io::Result<()> {
    let mut printed = Ok(());
    for one in saved {
        if !one.path.exists() {
            say(&format!(
                "{} was saved earlier and is no longer there.",
                escape(&shown(&one.path))
            ));
            continue;
        }
        if one.renamed {
            say(&format!(
                "Saved under another name: {} {} {}",
                escape(&one.wanted),
                arrow(),
                escape(&shown(&one.path))
            ));
        }
        if !json && printed.is_ok() {
            // As it is, whatever it is made of: a program opens the file by it.
            let line = [one.path.as_os_str().as_encoded_bytes(), b"\n"].concat();
            printed = streams::write(&line);
        }
    }
    printed
}

pub(super) fn say_done(receipt: &Receipt, unaltered: bool) {
    say(&format!(
        "Saved {}, {}: complete{}.",
        files(receipt.files),
        bytes(receipt.plain_bytes),
        if unaltered { " and unaltered" } else { "" },
    ));
    if !receipt.counted {
        say("The server did not confirm the download, so it may not have been counted.");
    }
}
