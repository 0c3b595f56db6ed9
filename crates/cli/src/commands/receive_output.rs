//! What `sealdrop receive` prints.

use sealdrop_transfer::{OpenedLink, Receipt, Stage, TransferProgress};
use serde::Serialize;

use crate::{
    file_sinks::Folder,
    terminal::{
        progress_bar::{Bar, Standing, say},
        streams,
        symbols::arrow,
    },
    text::{bytes, escape, files, shown},
};

/// What `--json` prints. Its keys are stable.
#[derive(Serialize)]
pub(super) struct Report<'a> {
    pub(super) id: String,
    pub(super) folder: Option<String>,
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

/// Files of a list that are shown before they are received.
const SHOWN: usize = 200;

/// What is about to be received.
pub(super) fn say_list(opened: &OpenedLink) {
    let mut list = String::new();
    for file in opened.files.iter().take(SHOWN) {
        list += &format!("{:>10}  {}\n", bytes(file.len), escape(&file.path));
    }
    if let Some(more @ 1..) = opened.files.len().checked_sub(SHOWN) {
        list += &format!("{:>10}  and {} more: sealdrop info lists them\n", "", files(more));
    }
    say(list.trim_end_matches('\n'));
}

/// Prints where the files are; those of earlier runs may have been moved since. Gives the first that could not be printed.
pub(super) fn say_saved(folder: &Folder, opened: &OpenedLink, json: bool) -> std::io::Result<()> {
    let mut printed = Ok(());
    for one in folder.saved() {
        let (path, wanted) = (folder.path_of(one), &opened.files[one.index].path);
        if !path.exists() {
            say(&format!(
                "{} was saved earlier and is no longer there.",
                escape(&shown(&path))
            ));
            continue;
        }
        if folder.is_renamed(one, wanted) {
            say(&format!(
                "Saved under another name: {} {} {}",
                escape(wanted),
                arrow(),
                escape(&shown(&path))
            ));
        }
        if !json && printed.is_ok() {
            // As it is, whatever it is made of: a program opens the file by it.
            let line = [path.as_os_str().as_encoded_bytes(), b"\n"].concat();
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

/// Shows how far a download is.
pub(super) fn show(bar: &Bar, progress: TransferProgress) {
    let TransferProgress {
        stage,
        bytes,
        total_bytes,
        bytes_per_second,
        seconds_left,
        ..
    } = progress;
    let doing = match stage {
        Stage::Preparing => "Starting",
        Stage::Moving => "Downloading",
        Stage::Pausing => "Pausing",
        Stage::Paused => "Paused",
        Stage::Retrying { in_seconds } => &format!("Retrying in {in_seconds} s"),
        Stage::WaitingForNetwork => "Offline",
        Stage::Finishing => "Checking",
    };
    bar.show(&Standing {
        doing,
        done: bytes,
        total: total_bytes,
        speed: bytes_per_second,
        left: seconds_left,
    });
}
