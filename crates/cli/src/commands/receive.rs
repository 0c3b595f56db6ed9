//! `sealdrop receive`: what a link holds, verified and saved.

use std::{cell::RefCell, collections::BTreeMap, path::Path, rc::Rc};

use sealdrop_transfer::{
    Control, DownloadEvent, Link, OpenedLink, Proof, Receipt, ReceiveOptions, ResumeMode, Selection, TransferError,
    download, give_back,
};

use super::{
    CONCURRENCY, open, read_link,
    receive_output::{Report, ReportedFile, say_done, say_list, say_saved, show},
    receive_to_output::receive_to_output,
    stop_on_signals,
};
use crate::{
    append_log::AppendLogError,
    args::ReceiveArguments,
    download_journal::{DownloadJournal, replay::UnfinishedDownload},
    environment,
    failure::{Doing, Failure, explain::explain},
    file_sinks::{Folder, names::Names, save_error::refused},
    platform::CliPlatform,
    signals::stopped,
    state::State,
    terminal::{
        progress_bar::{Bar, say},
        streams,
    },
    text::{bytes, escape, files, shown},
};

pub(crate) async fn receive(arguments: ReceiveArguments) -> Result<(), Failure> {
    if arguments.folder == Path::new("-") {
        return receive_to_output(&arguments).await;
    }
    let link = read_link(&arguments.link)?;
    let (journal, unfinished) = find_unfinished(&link, &arguments.folder).await?;
    let journal = Rc::new(journal);
    if arguments.discard {
        return discard(&link, &arguments.folder, &journal, unfinished).await;
    }
    let (platform, opened) = open(&link).await.map_err(|failure| match (&unfinished, failure.code) {
        (Some(_), 4) => failure.and("An unfinished download is kept: add --discard to delete it."),
        _ => failure,
    })?;
    announce(&opened);
    let paths: Vec<&str> = opened.files.iter().map(|file| file.path.as_str()).collect();
    let names = Names::of(&opened.name, &paths, arguments.keep_hidden);
    let mut folder = open_folder(&arguments.folder, names, &journal)?;
    try_out(&folder, &arguments.folder, &platform)?;
    let (resume_mode, kept_bytes) = begin(&platform, &opened, &mut folder, &journal, unfinished).await?;
    if let Some(new) = folder.new_folder() {
        say(&format!("Saving into the folder {}", escape(&shown(new))));
    }
    let _too_large = ignore_file_size_signal();
    let control = Control::new();
    stop_on_signals(&control, Control::suspend);
    let bar = Bar::new();
    let proofs = RefCell::new(BTreeMap::new());
    let events = |event: DownloadEvent| match event {
        DownloadEvent::Progress(progress) => show(&bar, progress),
        DownloadEvent::FileDone { index, proof } => {
            proofs.borrow_mut().insert(index, proof);
        }
        DownloadEvent::Checkpoint(checkpoint) => journal.on_checkpoint(checkpoint),
        // Its checkpoints say it as well.
        DownloadEvent::Claim(_) => {}
    };
    let options = ReceiveOptions {
        concurrency: CONCURRENCY,
        resume_mode,
        place: None,
    };
    let result = download(
        &platform,
        &opened,
        Selection::All,
        &mut folder,
        options,
        &control,
        &events,
    )
    .await;
    // Whole steps that are not written down yet; if that fails, the next run fetches them again.
    let _ = journal.flush().await;
    bar.clear();

    let saved = folder.saved();
    let mut printed = say_saved(&folder, &opened, arguments.json);
    let receipt = match result {
        Ok(receipt) => receipt,
        Err(error) => {
            let doing = match journal.is_over() || !journal.keeps() {
                true => Doing::Receiving,
                false => Doing::ReceivingInPart,
            };
            let mut failure = explain(&error, doing, &platform.origin());
            if !saved.is_empty() {
                failure.message += &format!(" Saved before that, complete and unaltered: {}.", files(saved.len()));
            }
            return Err(failure);
        }
    };
    let whole = |index: usize| proofs.borrow().get(&index) == Some(&Proof::Whole);
    say_done(&receipt, saved.iter().all(|one| whole(one.index)));
    if arguments.json {
        printed = print_report(&folder, &opened, &receipt, kept_bytes, &whole);
    }
    printed.map_err(|error| streams::cannot_write(&error).and("The files were saved."))
}

/// Says what is about to be received.
fn announce(opened: &OpenedLink) {
    say(&format!(
        "{}: {}, {}",
        escape(&opened.name),
        files(opened.files.len()),
        bytes(opened.plain_bytes)
    ));
    if let Some(note) = &opened.note {
        say(&format!("Note: {}", escape(note)));
    }
    say_list(opened);
}

/// Creates and renames a file in the folder, before anything is asked for.
fn try_out(folder: &Folder, path: &Path, platform: &CliPlatform) -> Result<(), Failure> {
    folder.try_out().map_err(|error| {
        let shown = shown(path);
        match refused(&shown, &error) {
            full @ TransferError::DiskFull { .. } => explain(&full, Doing::Asking, &platform.origin()),
            _ => Failure::other(format!(
                "Files in {} cannot be created and renamed: {error}. Nothing was downloaded or counted. Choose another \
                 folder with -o.",
                escape(&shown)
            )),
        }
    })
}

/// Prints what was received, for `--json`.
fn print_report(
    folder: &Folder,
    opened: &OpenedLink,
    receipt: &Receipt,
    kept_bytes: u64,
    is_whole: &dyn Fn(usize) -> bool,
) -> std::io::Result<()> {
    let saved = folder.saved();
    let named = saved.iter().map(|one| ReportedFile {
        path: &opened.files[one.index].path,
        saved_as: folder.path_of(*one).display().to_string(),
        bytes: opened.files[one.index].len,
        unaltered: is_whole(one.index),
    });
    let report = Report {
        id: opened.link_id.to_string(),
        folder: folder.new_folder().map(|path| path.display().to_string()),
        files: named.collect(),
        plain_bytes: receipt.plain_bytes,
        kept_bytes,
        counted: receipt.counted,
    };
    serde_json::to_string(&report)
        .map_err(std::io::Error::other)
        .and_then(|line| streams::print(&line))
}

/// What an interrupted run of the same command left. Where nothing can be kept, the download goes on without.
async fn find_unfinished(link: &Link, folder: &Path) -> Result<(DownloadJournal, Option<UnfinishedDownload>), Failure> {
    let Some(state) = State::find() else {
        return Ok((DownloadJournal::none(link.link_id), None));
    };
    match DownloadJournal::open(&state, link.link_id, folder).await {
        Ok(opened) => Ok(opened),
        Err(AppendLogError::InUse) => Err(Failure::other(
            "Another sealdrop process is receiving this link into this folder. Wait for it, or stop it.",
        )),
        Err(AppendLogError::Io(error)) if State::is_named() => Err(Failure::usage(format!(
            "The folder of SEALDROP_STATE cannot be used: {error}. Nothing was downloaded or counted."
        ))),
        Err(AppendLogError::Io(error)) => {
            say(&format!(
                "The state folder cannot be used ({error}), so an interrupted download cannot be resumed."
            ));
            Ok((DownloadJournal::none(link.link_id), None))
        }
    }
}

fn open_folder(path: &Path, names: Names, journal: &Rc<DownloadJournal>) -> Result<Folder, Failure> {
    Folder::open(path, names, journal).map_err(|error| {
        Failure::other(format!(
            "The folder {} cannot be used: {error}. Nothing was downloaded or counted. Choose another with -o.",
            escape(&shown(path))
        ))
    })
}

/// Goes on with what is there, if it is what was written down; and how many bytes that are.
async fn begin(
    platform: &CliPlatform,
    opened: &OpenedLink,
    folder: &mut Folder,
    journal: &DownloadJournal,
    unfinished: Option<UnfinishedDownload>,
) -> Result<(ResumeMode, u64), Failure> {
    let cannot_make = |error| explain(&error, Doing::Receiving, &platform.origin());
    if !journal.keeps() {
        folder.make().await.map_err(cannot_make)?;
        return Ok((ResumeMode::Disabled, 0));
    }
    if let Some(unfinished) = unfinished {
        let before = unfinished.resume();
        let there = tokio::select! {
            there = folder.reopen_all(opened, &unfinished) => there,
            // Reading back takes as long as the disk takes.
            () = stopped() => return Err(Failure::new(
                130,
                "Stopped. Your progress is kept: run the same command to resume.",
            )),
        };
        let there = there.map_err(|error| explain(&error, Doing::Receiving, &platform.origin()))?;
        if let Some((resume, kept)) = there {
            if kept > 0 {
                let all = bytes(opened.plain_bytes);
                say(&format!("Resuming: {} of {all} already downloaded.", bytes(kept)));
            }
            return Ok((ResumeMode::Resume(resume), kept));
        }
        folder.clear_left(&unfinished);
        if let Some(before) = before {
            say("The unfinished download or the link has changed, so the download starts over.");
            tokio::select! {
                () = give_back(platform, opened, &before) => {}
                () = stopped() => return Err(Failure::new(
                    130,
                    "Stopped. The unfinished download was deleted and not counted.",
                )),
            }
        }
    }
    journal
        .begin(opened.expires_at, folder.names())
        .await
        .map_err(cannot_make)?;
    folder.make().await.map_err(cannot_make)?;
    Ok((ResumeMode::Fresh, 0))
}

/// Removes what an interrupted run left. The link may be gone meanwhile: then there is no place to give back.
async fn discard(
    link: &Link,
    path: &Path,
    journal: &Rc<DownloadJournal>,
    unfinished: Option<UnfinishedDownload>,
) -> Result<(), Failure> {
    let Some(unfinished) = unfinished else {
        say("There is no unfinished download of this link into this folder.");
        return Ok(());
    };
    // What is in the link now is not asked: it may be gone.
    let removed = open_folder(path, Names::of("", &[], false), journal)?.clear_left(&unfinished);
    journal.remove();
    let may_open = !link.flags.has_password() || environment::password().is_some();
    if let Some(resume) = unfinished.resume().filter(|_| may_open)
        && let Ok((platform, opened)) = open(link).await
    {
        give_back(&platform, &opened, &resume).await;
    }
    say(&format!("The unfinished download is deleted: {}.", files(removed)));
    Ok(())
}

/// A file that grows beyond the process's limit is an error to report, not a signal to die of.
#[cfg(unix)]
fn ignore_file_size_signal() -> Option<tokio::signal::unix::Signal> {
    // SIGXFSZ has this number on Linux, macOS and the BSDs.
    const SIGXFSZ: i32 = 25;
    tokio::signal::unix::signal(tokio::signal::unix::SignalKind::from_raw(SIGXFSZ)).ok()
}

#[cfg(not(unix))]
fn ignore_file_size_signal() {}
