//! What an attack cost.

use std::{fs, os::unix::fs::MetadataExt as _, path::Path, time::Duration};

use anyhow::Context as _;

use super::{case::Attack, honest::Step};
use crate::installation::TestInstallation;

const MIB: u64 = 1 << 20;
/// A machine on which honest work takes long without an attack is slow: then so many times that is the bound.
const SLOWER: u32 = 4;

/// Of the server.
#[derive(Debug, Clone, Copy)]
pub struct Cost {
    /// The most memory that it ever held, in bytes.
    pub memory: u64,
    /// What its folder takes on the disk, in bytes.
    pub disk: u64,
    /// Files and folders in it.
    pub files: u64,
}

impl Cost {
    pub(super) fn of(setup: &TestInstallation) -> anyhow::Result<Self> {
        let (disk, files) = size_of(&setup.path("data"))?;
        Ok(Self {
            memory: peak_memory(setup.pid().context("the server runs")?)?,
            disk,
            files,
        })
    }
}

/// Of everybody.
#[derive(Debug)]
pub struct Outcome {
    /// A row of the table.
    pub line: String,
    /// Why it is not good.
    pub failed: Option<String>,
}

impl Outcome {
    pub(super) fn of(
        attack: Attack,
        before: &[Step],
        beside: &[Step],
        within: Duration,
        cost: Cost,
        took: Duration,
        said: String,
    ) -> Self {
        let (p50_before, worst_before) = latency(before);
        let (p50, worst) = latency(beside);
        let line = format!(
            "{:<4} {:<28} {:>7} {:>7} {:>7} {:>7} {:>6} {:>9} {:>8} {:>7.1}  {said}",
            attack.row,
            attack.name,
            p50_before.as_millis(),
            worst_before.as_millis(),
            p50.as_millis(),
            worst.as_millis(),
            beside.len(),
            cost.memory / MIB,
            cost.disk / MIB,
            took.as_secs_f64(),
        );
        let failed = match beside.iter().find_map(|step| step.failed.as_ref()) {
            Some(why) => Some(format!("honest work failed: {why}")),
            None if worst >= within.max(worst_before * SLOWER) => {
                Some(format!("honest work took {} ms", worst.as_millis()))
            }
            None => None,
        };
        Self { line, failed }
    }

    /// The head of the table.
    #[must_use]
    pub fn head() -> String {
        format!(
            "{:<4} {:<28} {:>7} {:>7} {:>7} {:>7} {:>6} {:>9} {:>8} {:>7}  what it was told\n{:<33} {:>15} {:>22}",
            "row",
            "attack",
            "p50 ms",
            "worst",
            "p50 ms",
            "worst",
            "steps",
            "memory",
            "disk MiB",
            "s",
            "",
            "without",
            "beside it"
        )
    }
}

fn latency(steps: &[Step]) -> (Duration, Duration) {
    let mut took: Vec<Duration> = steps
        .iter()
        .filter(|step| step.failed.is_none())
        .map(|step| step.took)
        .collect();
    took.sort();
    let middle = took.get(took.len() / 2).copied().unwrap_or_default();
    (middle, took.last().copied().unwrap_or_default())
}

/// The most that a process ever held, in bytes: `VmHWM` of proc(5).
fn peak_memory(pid: u32) -> anyhow::Result<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.context("VmHWM")?.trim().trim_end_matches(" kB");
    Ok(kib.parse::<u64>()? << 10)
}

/// Bytes that the disk gives for it, and how many files and folders there are. What goes away meanwhile is not counted.
fn size_of(folder: &Path) -> anyhow::Result<(u64, u64)> {
    let (mut disk, mut files) = (0, 0);
    for entry in fs::read_dir(folder)?.flatten() {
        let Ok(known) = entry.metadata() else { continue };
        disk += known.blocks() * 512;
        files += 1;
        if known.is_dir() {
            let (more_disk, more_files) = size_of(&entry.path()).unwrap_or_default();
            disk += more_disk;
            files += more_files;
        }
    }
    Ok((disk, files))
}
