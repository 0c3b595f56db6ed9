//! `sealdrop send`: files, folders or a pipe behind a link.

use std::path::Path;

use sealdrop_crypto::Padding;
use sealdrop_transfer::{
    Control, Pipe, SendEvent, SendOptions, SendPhase, SendProgress, Sent, TransferError, upload, upload_pipe,
};
use serde::Serialize;
use tokio::io::AsyncReadExt;

use super::{CONCURRENCY, new_password, stop_on_interrupt};
use crate::{
    args::SendArguments,
    bar::{Bar, Standing, print, say},
    failure::{Doing, Failure, explain},
    machine::{Machine, off_thread},
    source::walk,
    state::State,
    text::{bytes, escape, files, instant, rfc3339},
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

pub(crate) async fn send(arguments: SendArguments) -> Result<(), Failure> {
    let is_pipe = arguments.files.iter().any(|file| file == Path::new("-"));
    if is_pipe && arguments.files.len() > 1 {
        return Err(Failure::usage(
            "- (standard input) goes alone: it becomes one file. Nothing was sent. Send the others by a second command.",
        ));
    }
    let machine = Machine::new(&arguments.server, CONCURRENCY)?;
    let server = machine.origin();
    let options = SendOptions {
        name: arguments.name.clone(),
        note: arguments.note.clone(),
        password: new_password(arguments.password)?,
        expires_in: arguments.expires.map(|time| time.as_secs()),
        max_downloads: arguments.downloads,
        padding: if arguments.exact_size {
            Padding::Exact
        } else {
            Padding::Padded
        },
        concurrency: CONCURRENCY,
        ..SendOptions::new(&server)
    };
    let control = Control::new();
    stop_on_interrupt(&control);
    let bar = Bar::new();
    let events = |event: SendEvent| show(&bar, event);
    let sent = if is_pipe {
        let name = arguments.name.as_deref().unwrap_or("stdin");
        upload_pipe(
            &machine,
            name,
            &mut Stdin(tokio::io::stdin()),
            &options,
            &control,
            &events,
        )
        .await
    } else {
        let named = arguments.files.clone();
        let walked = off_thread(move || walk(&named)).await;
        match walked {
            Ok(walked) => {
                for left_out in &walked.left_out {
                    say(&format!("Left out: {}", escape(left_out)));
                }
                upload(&machine, walked.files, &options, &control, &events).await
            }
            Err(error) => Err(error),
        }
    };
    bar.clear();
    let sent = sent.map_err(|error| explain(&error, Doing::Sending, &server))?;
    report(&sent, &server, arguments.json)
}

fn report(sent: &Sent, server: &str, json: bool) -> Result<(), Failure> {
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
            .and_then(|line| print(&line))
    } else {
        print(&link)
    };
    printed.map_err(|_| {
        Failure::other(
            "The link was made but could not be printed. Standard output is closed; send again to get another.",
        )
    })?;
    say(&format!(
        "Sent {}, {}. The link ends on {} or after {} downloads. It is the only key: who has it can read the files.",
        files(sent.files),
        bytes(sent.plain_bytes),
        instant(sent.expires_at),
        sent.max_downloads,
    ));
    if !remembered {
        say(
            "The owner token could not be written to the state folder, so `sealdrop revoke` will not work for this link.",
        );
    }
    Ok(())
}

fn show(bar: &Bar, event: SendEvent) {
    match event {
        SendEvent::Renamed(names) => {
            for name in names {
                bar.say(&format!("Renamed: {} → {}", escape(&name.from), escape(&name.to)));
            }
        }
        SendEvent::Progress(SendProgress {
            phase,
            sent_bytes,
            total_bytes,
            bytes_per_second,
            seconds_left,
            ..
        }) => {
            let doing = match phase {
                SendPhase::Preparing => "Preparing",
                SendPhase::Sending => "Sending",
                SendPhase::Paused => "Paused",
                SendPhase::WaitingForNetwork { .. } => "Waiting for the network",
                SendPhase::Retrying { in_seconds } => &format!("Trying again in {in_seconds} s"),
                SendPhase::Finishing => "Finishing",
            };
            bar.show(&Standing {
                doing,
                done: sent_bytes,
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
        self.0
            .read(buffer)
            .await
            .map_err(|error| TransferError::SourceUnreadable {
                file: "standard input".to_owned(),
                why: error.to_string(),
            })
    }
}
