//! `sealdrop send`: files, folders or a pipe behind a link.

use std::{io::IsTerminal, path::Path};

use sealdrop_crypto::Padding;
use sealdrop_transfer::{
    Control, Journal, Pipe, SendFile, SendOptions, Stage, TransferError, TransferProgress, Unfinished, UploadEvent,
    discard_upload, upload, upload_pipe,
};
use tokio::io::AsyncReadExt;

use super::{
    CONCURRENCY, MOST_AT_ONCE,
    account::sign_in_to_send,
    new_password,
    send_output::{check_streams, report},
    stop_on_signals,
};
use crate::{
    append_log::AppendLogError,
    args::SendArguments,
    failure::{Doing, Failure, explain::explain},
    off_thread::off_thread,
    platform::CliPlatform,
    source::{SourceFile, Walked, walk},
    state::State,
    terminal::{
        progress_bar::{Bar, Standing, say},
        streams,
        symbols::arrow,
    },
    text::{bytes, escape},
    upload_journal::FileJournal,
};

pub(crate) async fn send(arguments: SendArguments) -> Result<(), Failure> {
    let is_pipe = arguments.files.iter().any(|file| file == Path::new("-"));
    if is_pipe && arguments.files.len() > 1 {
        return Err(Failure::usage(
            "- (standard input) cannot be combined with other files. Nothing was sent. Send the others with a second command.",
        ));
    }
    check_streams(is_pipe, arguments.discard)?;
    let platform = CliPlatform::new(&arguments.server, MOST_AT_ONCE)?;
    let server = platform.origin();
    let options = SendOptions {
        name: arguments.name.clone(),
        note: arguments.note.clone(),
        password: new_password(arguments.password && !arguments.discard).await?,
        expires_in: arguments.expires.map(|time| time.as_secs()),
        max_downloads: arguments.downloads,
        padding: if arguments.exact_size {
            Padding::Exact
        } else {
            Padding::Padded
        },
        concurrency: CONCURRENCY,
        most_at_once: MOST_AT_ONCE,
        send_changed: arguments.start_over,
        ..SendOptions::new(&server)
    };
    let (journal, unfinished) = if is_pipe {
        (FileJournal::none(), None)
    } else {
        find_unfinished(&server, &arguments).await?
    };
    if arguments.discard {
        return discard(&platform, &server, &journal, unfinished).await;
    }
    let platform = sign_in_to_send(platform, &server, arguments.guest).await?;
    // A link that cannot be written must be had by the same command again.
    journal.hold();
    let control = Control::new();
    stop_on_signals(&control, if is_pipe { Control::cancel } else { Control::suspend });
    let bar = Bar::new();
    let events = |event: UploadEvent| show(&bar, event);
    let sent = if is_pipe {
        let name = arguments.name.as_deref().unwrap_or("stdin");
        if std::io::stdin().is_terminal() {
            say("Reading from the terminal until Ctrl-D.");
        }
        upload_pipe(
            &platform,
            name,
            &mut Stdin(tokio::io::stdin()),
            &options,
            &control,
            &events,
        )
        .await
    } else {
        match walk_named(&arguments).await? {
            Ok(files) => upload(&platform, files, &options, (&journal, unfinished), &control, &events).await,
            Err(error) => Err(error),
        }
    };
    bar.clear();
    let sent = sent.map_err(|error| {
        journal.let_go();
        let failure = explain(&error, Doing::Sending, &server);
        if journal.is_kept() {
            failure.and(
                "Your progress is kept for 72 hours: run the same command to resume, or add --discard to delete it.",
            )
        } else {
            failure
        }
    })?;
    report(&sent, &server, &journal, arguments.json)
}

/// The files below what was named.
async fn walk_named(arguments: &SendArguments) -> Result<Result<Vec<SendFile<SourceFile>>, TransferError>, Failure> {
    let named = arguments.files.clone();
    let walked = match off_thread(move || walk(&named)).await {
        Ok(walked) => walked,
        Err(error) => return Ok(Err(error)),
    };
    for left_out in &walked.left_out {
        say(&format!("Left out: {}", escape(left_out)));
    }
    refuse_unreadable(&walked, arguments.skip_unreadable)?;
    if walked.files.is_empty() {
        return Err(Failure::source("There is no file to send. Nothing was sent."));
    }
    Ok(Ok(walked.files))
}

/// What an interrupted run of the same command left. Where nothing can be kept, the upload goes on without.
async fn find_unfinished(
    server: &str,
    arguments: &SendArguments,
) -> Result<(FileJournal, Option<Unfinished>), Failure> {
    let Some(state) = State::find() else {
        return Ok((FileJournal::none(), None));
    };
    let (journal, lines) = match FileJournal::open(&state, server, &arguments.files) {
        Ok(opened) => opened,
        Err(AppendLogError::InUse) => {
            return Err(Failure::other(
                "Another sealdrop process is sending these files to this server. Wait for it, or stop it.",
            ));
        }
        Err(AppendLogError::Io(error)) if State::is_named() => {
            return Err(Failure::usage(format!(
                "The folder of SEALDROP_STATE cannot be used: {error}. Nothing was sent."
            )));
        }
        Err(AppendLogError::Io(error)) => {
            say(&format!(
                "The state folder cannot be used ({error}), so an interrupted upload cannot be resumed."
            ));
            return Ok((FileJournal::none(), None));
        }
    };
    let unfinished = match journal.key() {
        Some(key) => Unfinished::read(key, &lines).await,
        None => Ok(None),
    };
    let unfinished = unfinished.map_err(|error| explain(&error, Doing::Sending, server))?;
    match &unfinished {
        None => journal.clear().map_err(|error| {
            Failure::other(format!(
                "The state folder cannot be written: {error}. Nothing was sent."
            ))
        })?,
        Some(found) if !arguments.discard => say(&format!(
            "Resuming: {} of {} already uploaded.",
            bytes(found.sent_bytes()),
            bytes(found.summary().plain_bytes),
        )),
        Some(_) => {}
    }
    Ok((journal, unfinished))
}

/// Names all files that cannot be read in one message; they end the command unless they may be skipped.
fn refuse_unreadable(walked: &Walked, may_skip: bool) -> Result<(), Failure> {
    let named = |(path, why): &(String, String)| format!("{} ({})", escape(path), escape(why));
    if walked.unreadable.is_empty() {
        return Ok(());
    }
    if may_skip && !walked.files.is_empty() {
        for one in &walked.unreadable {
            say(&format!("Left out: {}", named(one)));
        }
        return Ok(());
    }
    let what = match walked.unreadable.as_slice() {
        [(path, why)] => format!("{}: {}.", escape(path), escape(why)),
        many => {
            let names: Vec<String> = many.iter().map(named).collect();
            format!("{} files cannot be read: {}.", many.len(), names.join(", "))
        }
    };
    let others = if walked.files.is_empty() {
        ""
    } else {
        " Add --skip-unreadable to send the others without them."
    };
    Err(Failure::source(format!("{what} Nothing was sent.{others}")))
}

/// Removes what an interrupted run left, on the server first.
async fn discard(
    platform: &CliPlatform,
    server: &str,
    journal: &FileJournal,
    unfinished: Option<Unfinished>,
) -> Result<(), Failure> {
    let Some(unfinished) = unfinished else {
        say("There is no unfinished upload of these files to this server.");
        return Ok(());
    };
    discard_upload(platform, &unfinished)
        .await
        .map_err(|error| explain(&error, Doing::Sending, server))?;
    journal.remove().await;
    say("The unfinished upload is deleted.");
    Ok(())
}

fn show(bar: &Bar, event: UploadEvent) {
    match event {
        UploadEvent::Renamed(names) => {
            for name in names {
                bar.say(&format!(
                    "Renamed: {} {} {}",
                    escape(&name.from),
                    arrow(),
                    escape(&name.to)
                ));
            }
        }
        UploadEvent::Progress(TransferProgress {
            stage,
            bytes,
            total_bytes,
            bytes_per_second,
            seconds_left,
            ..
        }) => {
            let doing = match stage {
                Stage::Preparing => "Preparing",
                Stage::Moving => "Uploading",
                Stage::Pausing => "Pausing",
                Stage::Paused => "Paused",
                Stage::WaitingForNetwork => "Offline",
                Stage::Retrying { in_seconds } => &format!("Retrying in {in_seconds} s"),
                Stage::Finishing => "Finishing",
            };
            bar.show(&Standing {
                doing,
                done: bytes,
                total: total_bytes,
                speed: bytes_per_second,
                left: seconds_left,
            });
        }
    }
}

/// Standard input as a source that can be read once.
struct Stdin(tokio::io::Stdin);

impl Pipe for Stdin {
    async fn read(&mut self, buffer: &mut [u8]) -> Result<usize, TransferError> {
        loop {
            match self.0.read(buffer).await {
                // Another process that shares the stream may have made it non-blocking.
                Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => tokio::time::sleep(streams::NAP).await,
                other => {
                    return other.map_err(|error| TransferError::SourceUnreadable {
                        file: "standard input".to_owned(),
                        why: error.to_string(),
                    });
                }
            }
        }
    }
}
