//! People who send and receive with the command line, again where it ended because nothing answered.

use std::{fs, path::PathBuf, process::Stdio, sync::Arc, time::Instant};

use anyhow::{Context as _, ensure};

use super::shared::{CANARIES, Load, Sent};
use crate::{
    content,
    installation::{CommandLine, CommandOutput},
};

/// Of a part or less, of one and a bit, of several.
const LENGTHS: [usize; 5] = [60_000, 11 << 20, 400_000, 3 << 20, 22 << 20];
/// Exit codes of the command line: nothing answered, and the link is gone or busy.
const UNREACHABLE: i32 = 3;
const GONE: i32 = 4;

pub(super) async fn send_and_receive(load: Arc<Load>, number: usize) {
    let mut times = 0;
    while load.goes_on() {
        times += 1;
        if let Err(why) = round(&load, number, times).await {
            load.broken(format!("sending and receiving: {why:#}"));
        }
    }
}

/// A file goes there and back; sometimes its link is for one download, or taken back.
async fn round(load: &Load, number: usize, times: usize) -> anyhow::Result<()> {
    let folder = load.folder.join(format!("sender-{number}"));
    fs::create_dir_all(&folder)?;
    let (len, seed) = (LENGTHS[times % LENGTHS.len()], u8::try_from(times % 250)?);
    let name = format!("{}-{number}-{times}.bin", CANARIES[0]);
    fs::write(folder.join(&name), bytes_of(seed, len))?;
    let once = times.is_multiple_of(3);
    let downloads = if once { "1" } else { "9" };
    let said = say(load, &folder, &["send", &name, "--downloads", downloads]).await?;
    let link = said.link()?.to_owned();
    fs::remove_file(folder.join(&name))?;
    load.count("links sent");
    let mut sent = Sent {
        link,
        name,
        seed,
        len,
        has_ended: false,
    };
    load.heard(|heard| {
        heard
            .secrets
            .extend(sent.link.split_once('#').map(|(_, key)| key.to_owned()))
    });
    if once {
        race(load, &folder, &sent, times).await?;
        sent.has_ended = true;
    } else {
        receive(load, &folder, &sent, &format!("got-{times}")).await?;
        if times.is_multiple_of(4) {
            say(load, &folder, &["revoke", &sent.link]).await?.out_of("revoking")?;
            sent.has_ended = true;
        }
    }
    load.heard(|heard| heard.sent.push(sent));
    Ok(())
}

/// What is in a file: words that must be found nowhere, and then anything.
pub(super) fn bytes_of(seed: u8, len: usize) -> Vec<u8> {
    let mut bytes = content(seed, len);
    for piece in bytes.chunks_exact_mut(4096) {
        piece[..CANARIES[1].len()].copy_from_slice(CANARIES[1].as_bytes());
    }
    bytes
}

/// I6: of two who receive a link of one download, one does.
async fn race(load: &Load, folder: &std::path::Path, sent: &Sent, times: usize) -> anyhow::Result<()> {
    let (a, b) = (format!("first-{times}"), format!("second-{times}"));
    let both = tokio::join!(
        receive_once(load, folder, sent, &a),
        receive_once(load, folder, sent, &b)
    );
    let got = usize::from(both.0?) + usize::from(both.1?);
    ensure!(got < 2, "I6: a link of one download was received twice");
    load.count(if got == 1 {
        "last downloads taken"
    } else {
        "last downloads lost"
    });
    Ok(())
}

async fn receive_once(load: &Load, folder: &std::path::Path, sent: &Sent, to: &str) -> anyhow::Result<bool> {
    let said = say(load, folder, &["receive", &sent.link, "-o", to]).await?;
    match said.code {
        0 => compare(folder, sent, to).map(|()| true),
        GONE => Ok(false),
        code => anyhow::bail!("receiving ended with {code}: {}", said.err),
    }
}

/// I1: what was said to be complete arrives.
async fn receive(load: &Load, folder: &std::path::Path, sent: &Sent, to: &str) -> anyhow::Result<()> {
    let said = say(load, folder, &["receive", &sent.link, "-o", to]).await?;
    said.out_of("I1: receiving")?;
    load.count("links received");
    compare(folder, sent, to)
}

fn compare(folder: &std::path::Path, sent: &Sent, to: &str) -> anyhow::Result<()> {
    let got: PathBuf = folder.join(to);
    ensure!(
        fs::read(got.join(&sent.name)).context("I1: nothing was saved")? == bytes_of(sent.seed, sent.len),
        "I1: other bytes of {}",
        sent.name
    );
    Ok(fs::remove_dir_all(got)?)
}

/// Runs a command, and again as long as nothing answered it: as a person does.
async fn say(load: &Load, folder: &std::path::Path, arguments: &[&str]) -> anyhow::Result<CommandOutput> {
    let line = CommandLine::in_folder(folder)?;
    let gives_up_at = load.gives_up_at();
    loop {
        let mut command = tokio::process::Command::from(line.command(&load.base, arguments));
        let said: CommandOutput = command.stdin(Stdio::null()).kill_on_drop(true).output().await?.into();
        if said.code != UNREACHABLE {
            return Ok(said);
        }
        load.count("commands run again");
        ensure!(
            Instant::now() < gives_up_at,
            "I10: {} never came to an end: {}",
            arguments[0],
            said.err
        );
    }
}

/// Whether a link that goes on gives what was sent.
pub(in crate::fleet) async fn still_arrives(load: &Load, sent: &Sent, at: usize) -> anyhow::Result<()> {
    let folder = load.folder.join("afterwards");
    fs::create_dir_all(&folder)?;
    receive(load, &folder, sent, &format!("again-{at}")).await
}
