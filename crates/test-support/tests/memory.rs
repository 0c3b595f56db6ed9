//! What a file far larger than memory costs the command line, as the operating system counted it: no more than a few parts.
//! Tabs, and gigabytes that no disk holds, are for `make soak`.

#![cfg(target_os = "linux")]

use std::{fs::File, process::Command, time::Duration};

use anyhow::{Context as _, ensure};
use sealdrop_test_support::installation::{CommandOutput, TestInstallation};

const MIB: u64 = 1 << 20;
/// 52 parts. Six at a time, each plain and sealed, are 120 MiB.
const LEN: u64 = 512 * MIB;

/// Runs a command to its end. Answers what it said, and the most memory that it ever had, in bytes.
fn run(mut command: Command) -> anyhow::Result<(CommandOutput, u64)> {
    let child = command.spawn()?;
    let status = format!("/proc/{}/status", child.id());
    let watching = std::thread::spawn(move || {
        let mut peak = 0;
        // The kernel keeps the peak until the program has ended: the last look is as good as all of them.
        while let Some(most) = std::fs::read_to_string(&status).ok().as_deref().and_then(peak_of) {
            peak = most;
            std::thread::sleep(Duration::from_millis(10));
        }
        peak
    });
    let said = child.wait_with_output()?.into();
    let peak = watching.join().ok().context("it was watched")?;
    ensure!(peak > MIB, "nothing was seen of it");
    Ok((said, peak))
}

fn peak_of(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim()
        .trim_end_matches(" kB")
        .parse()
        .ok()
        .map(|kib: u64| kib << 10)
}

#[test]
fn u31_a_large_file_takes_no_more_memory_than_a_few_parts() -> anyhow::Result<()> {
    let mut setup = TestInstallation::new(None)?;
    setup.start(None)?;
    // Of zeros that the disk need not hold.
    File::create(setup.path("large.bin"))?.set_len(LEN)?;
    let (said, sending) = run(setup.cli(&setup.address(), ["send", "large.bin"])?)?;
    let link = said.link()?.to_owned();
    let (said, receiving) = run(setup.cli(&setup.address(), ["receive", &link, "-o", "got"])?)?;
    assert_eq!(said.code, 0, "{said:?}");
    assert_eq!(setup.path("got/large.bin").metadata()?.len(), LEN);
    println!("{} MiB to send, {} MiB to receive", sending / MIB, receiving / MIB);
    for peak in [sending, receiving] {
        assert!(peak < LEN / 2, "{} MiB for a file of {} MiB", peak / MIB, LEN / MIB);
    }
    Ok(())
}
