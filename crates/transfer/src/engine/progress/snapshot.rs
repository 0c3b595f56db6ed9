//! The progress at a moment: where the transfer stands, how far and how fast it is.

use core::time::Duration;
use std::collections::BTreeMap;

use sealdrop_model::{FileProgress, FileState, Stage, TransferProgress};

use super::{Job, Progress};

/// Speed is the mean over this long.
const WINDOW: Duration = Duration::from_secs(10);
/// Below this there is nothing to measure yet.
const SETTLED: Duration = Duration::from_secs(1);

/// What the jobs of one file do, together.
#[derive(Debug, Default)]
struct Running {
    moved: u64,
    moves: bool,
    attempting: bool,
    retrying: bool,
}

impl Progress {
    fn stage(&self, now: Duration) -> Stage {
        if self.offline {
            return Stage::WaitingForNetwork;
        }
        if self.paused {
            let ending = self.writing || self.jobs.values().any(|job| job.attempting);
            return if ending { Stage::Pausing } else { Stage::Paused };
        }
        // As long as anything moves, nothing is held up.
        let mut retrying = self.jobs.values().filter(|job| job.retrying).peekable();
        if retrying.peek().is_none() || self.jobs.values().any(Job::moves) {
            return self.stage;
        }
        // An attempt that runs now needs no wait.
        let left = retrying.map(|job| job.wait_until.map_or(Duration::ZERO, |until| until.saturating_sub(now)));
        Stage::Retrying {
            in_seconds: left.min().unwrap_or_default().as_secs_f64().ceil() as u32,
        }
    }

    /// Reads everything, at this moment of the platform's clock.
    pub(crate) fn read(&mut self, now: Duration) -> TransferProgress {
        let stage = self.stage(now);
        let held_up = matches!(stage, Stage::Paused | Stage::WaitingForNetwork);
        let pausing = stage == Stage::Pausing;
        let mut running: BTreeMap<usize, Running> = BTreeMap::new();
        let mut in_flight = 0;
        for job in self.jobs.values() {
            let mut left = job.moved.get();
            for (file, len) in &job.runs {
                let moved = left.min(*len);
                left -= moved;
                in_flight += moved;
                let entry = running.entry(*file).or_default();
                entry.moved += moved;
                entry.moves |= job.moves();
                entry.attempting |= job.attempting;
                entry.retrying |= job.retrying;
            }
        }
        self.shown = self.shown.max(self.acknowledged + in_flight);
        if let Some(total) = self.total {
            self.shown = self.shown.min(total);
        }
        let (bytes_per_second, seconds_left) = self.speed(now);
        let files = self
            .files
            .iter_mut()
            .enumerate()
            .map(|(place, file)| {
                let mine = running.get(&place);
                file.shown = file.shown.max(file.done + mine.map_or(0, |mine| mine.moved));
                let complete = file.finished || file.len.is_some_and(|len| len > 0 && file.done >= len);
                let state = match mine {
                    _ if file.failed => FileState::Failed,
                    _ if complete => FileState::Done,
                    // What the transfer says as a whole, its files say as well.
                    Some(_) if held_up => FileState::Waiting,
                    None if held_up && file.done > 0 => FileState::Waiting,
                    Some(mine) if pausing && !mine.attempting => FileState::Waiting,
                    None if pausing && file.done > 0 => FileState::Waiting,
                    Some(mine) if mine.retrying && !mine.moves => FileState::Retrying,
                    Some(_) => FileState::Running,
                    None if file.done > 0 => FileState::Running,
                    None => FileState::Next,
                };
                FileProgress {
                    bytes: file.shown,
                    state,
                }
            })
            .collect();
        TransferProgress {
            stage,
            bytes: self.shown,
            total_bytes: self.total,
            bytes_per_second,
            seconds_left,
            files,
        }
    }

    fn speed(&mut self, now: Duration) -> (Option<u64>, Option<u64>) {
        if self.stage == Stage::Preparing || self.paused {
            // The speed after a pause is not measured through it.
            self.samples.clear();
            return (None, None);
        }
        self.samples.push_back((now, self.shown));
        while self.samples.len() > 2 && self.samples[1].0 + WINDOW < now {
            self.samples.pop_front();
        }
        let Some((since, from)) = self.samples.front().copied() else {
            return (None, None);
        };
        let elapsed = now.saturating_sub(since);
        if elapsed < SETTLED {
            return (None, None);
        }
        let speed = ((self.shown - from) as f64 / elapsed.as_secs_f64()) as u64;
        let left = self
            .total
            .filter(|_| speed > 0)
            .map(|total| (total - self.shown).div_ceil(speed));
        (Some(speed), left)
    }
}
