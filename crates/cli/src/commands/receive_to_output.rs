//! `sealdrop receive -o -`: one file, to standard output.

use sealdrop_transfer::{
    Control, DownloadEvent, Receipt, ReceiveOptions, ResumeMode, Selection, TransferError, download,
};

use super::{
    CONCURRENCY, open, read_link,
    receive_output::{say_done, show},
    stop_on_signals,
};
use crate::{
    args::ReceiveArguments,
    failure::{Doing, Failure, explain::explain},
    terminal::{
        progress_bar::{Bar, say},
        stdout_sink::Output,
        streams,
    },
    text::{escape, files},
};

pub(super) async fn receive_to_output(arguments: &ReceiveArguments) -> Result<(), Failure> {
    if arguments.json {
        return Err(Failure::usage(
            "-o - writes the file to standard output, so --json cannot be used with it.",
        ));
    }
    if arguments.discard {
        say("A download to standard output leaves nothing unfinished.");
        return Ok(());
    }
    if !streams::has_output() {
        return Err(Failure::other(
            "Standard output is closed. Nothing was downloaded or counted.",
        ));
    }
    let link = read_link(&arguments.link)?;
    let (platform, opened) = open(&link).await?;
    if opened.files.len() != 1 {
        return Err(Failure::usage(format!(
            "This link has {}, and standard output takes one. Nothing was downloaded or counted. Name a folder with -o.",
            files(opened.files.len())
        )));
    }
    if let Some(note) = &opened.note {
        say(&format!("Note: {}", escape(note)));
    }
    let control = Control::new();
    stop_on_signals(&control, Control::cancel);
    let bar = Bar::new();
    let events = |event: DownloadEvent| {
        if let DownloadEvent::Progress(progress) = event {
            show(&bar, progress);
        }
    };
    let options = ReceiveOptions {
        concurrency: CONCURRENCY,
        resume_mode: ResumeMode::Disabled,
        place: None,
    };
    let result = download(
        &platform,
        &opened,
        Selection::All,
        &mut Output,
        options,
        &control,
        &events,
    )
    .await;
    bar.clear();
    let receipt: Receipt = result.map_err(|error| match error {
        TransferError::SaveRefused { why, .. } => Failure::other(format!(
            "Standard output cannot be written: {why}. {}",
            Doing::ReceivingToOutput.what_is_safe()
        )),
        error => explain(&error, Doing::ReceivingToOutput, &platform.origin()),
    })?;
    say_done(&receipt, true);
    Ok(())
}
