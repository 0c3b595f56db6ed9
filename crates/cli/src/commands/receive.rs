//! `sealdrop receive`: what a link holds, verified and saved.

use sealdrop_transfer::{
    Control, Proof, ReceiveEvent, ReceiveOptions, ReceivePhase, ReceiveProgress, Selection, download,
};

use super::{CONCURRENCY, open, stop_on_interrupt};
use crate::{
    args::ReceiveArguments,
    bar::{Bar, Standing, print, say},
    failure::{Doing, Failure, explain},
    folder::Folder,
    text::{bytes, escape, files},
};

pub(crate) async fn receive(arguments: ReceiveArguments) -> Result<(), Failure> {
    let (machine, opened) = open(&arguments.link).await?;
    if let Some(note) = &opened.note {
        say(&format!("Note: {}", escape(note)));
    }
    let mut folder = Folder::open(&arguments.folder).map_err(|error| {
        Failure::other(format!(
            "The folder {} cannot be used: {error}. Nothing was fetched or counted. Choose another with -o.",
            escape(&arguments.folder.display().to_string())
        ))
    })?;
    let _too_large = ignore_file_size_signal();
    let control = Control::new();
    stop_on_interrupt(&control, Control::cancel);
    let bar = Bar::new();
    let events = |event: ReceiveEvent| show(&bar, event);
    let options = ReceiveOptions {
        concurrency: CONCURRENCY,
    };
    let result = download(
        &machine,
        &opened,
        Selection::All,
        &mut folder,
        options,
        &control,
        &events,
    )
    .await;
    bar.clear();

    let saved = folder.saved();
    for one in &saved {
        if one.renamed {
            say(&format!(
                "Saved as another name: {} → {}",
                escape(&one.wanted),
                one.path.display()
            ));
        }
        let _ = print(&one.path.display().to_string());
    }
    let receipt = match result {
        Ok(receipt) => receipt,
        Err(error) => {
            let mut failure = explain(&error, Doing::Receiving, &machine.origin());
            if !saved.is_empty() {
                failure.message += &format!(
                    " {} before that were saved, complete and unaltered.",
                    files(saved.len())
                );
            }
            return Err(failure);
        }
    };
    let unaltered = saved.iter().all(|one| one.proof == Proof::Whole);
    say(&format!(
        "Saved {}, {}: complete{}.",
        files(receipt.files),
        bytes(receipt.plain_bytes),
        if unaltered { " and unaltered" } else { "" },
    ));
    if !receipt.counted {
        say("The server could not be told; the download may not have been counted.");
    }
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

fn show(bar: &Bar, event: ReceiveEvent) {
    let ReceiveEvent::Progress(progress) = event else {
        return;
    };
    let ReceiveProgress {
        phase,
        received_bytes,
        total_bytes,
        bytes_per_second,
        seconds_left,
        ..
    } = progress;
    let doing = match phase {
        ReceivePhase::Claiming => "Asking for a place",
        ReceivePhase::Downloading => "Receiving",
        ReceivePhase::Retrying { in_seconds } => &format!("Trying again in {in_seconds} s"),
        ReceivePhase::WaitingForNetwork { .. } => "Waiting for the network",
        ReceivePhase::Verifying => "Verifying",
    };
    bar.show(&Standing {
        doing,
        done: received_bytes,
        total: Some(total_bytes),
        speed: bytes_per_second,
        left: seconds_left,
    });
}
