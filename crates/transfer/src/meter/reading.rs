//! What the meter shows at a moment: where the transfer stands, how far and how fast it is.

use core::time::Duration;
use std::collections::BTreeMap;

use super::{Meter, Stage, Standing};
use crate::{FileProgress, FileState};

/// Speed is the mean over this long.
const WINDOW: Duration = Duration::from_secs(10);
/// Below this there is nothing to measure yet.
const SETTLED: Duration = Duration::from_secs(1);

/// A snapshot of the numbers.
#[derive(Debug, PartialEq)]
pub(crate) struct Reading {
    pub(crate) standing: Standing,
    pub(crate) bytes: u64,
    pub(crate) bytes_per_second: Option<u64>,
    pub(crate) seconds_left: Option<u64>,
    pub(crate) files: Vec<FileProgress>,
}

impl Meter {
    fn standing(&self, now: Duration) -> Standing {
        if let Some(since) = self.offline_since {
            return Standing::Offline { since };
        }
        if self.paused {
            return Standing::Paused;
        }
        // As long as anything moves, nothing is held up.
        let mut waits = self.jobs.values().map(|job| job.wait_until);
        let soonest = waits.try_fold(None::<Duration>, |soonest, wait| {
            wait.map(|until| Some(soonest.map_or(until, |soonest| soonest.min(until))))
        });
        match soonest {
            Some(Some(until)) => Standing::Retrying {
                left: until.saturating_sub(now),
            },
            _ => Standing::Stage(self.stage),
        }
    }

    /// Reads everything, at this moment of the platform's clock.
    pub(crate) fn read(&mut self, now: Duration) -> Reading {
        let standing = self.standing(now);
        let held_up = matches!(standing, Standing::Paused | Standing::Offline { .. });
        let mut running: BTreeMap<usize, (u64, bool)> = BTreeMap::new();
        let mut in_flight = 0;
        for job in self.jobs.values() {
            let mut left = job.moved.get();
            for (file, len) in &job.runs {
                let moved = left.min(*len);
                left -= moved;
                in_flight += moved;
                let entry = running.entry(*file).or_insert((0, false));
                entry.0 += moved;
                entry.1 |= job.wait_until.is_some();
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
                file.shown = file.shown.max(file.done + mine.map_or(0, |(moved, _)| *moved));
                let complete = file.finished || file.len.is_some_and(|len| len > 0 && file.done >= len);
                let state = match mine {
                    _ if file.failed => FileState::Failed,
                    _ if complete => FileState::Done,
                    Some(_) if held_up => FileState::Waiting,
                    Some((_, true)) => FileState::Retrying,
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
        Reading {
            standing,
            bytes: self.shown,
            bytes_per_second,
            seconds_left,
            files,
        }
    }

    fn speed(&mut self, now: Duration) -> (Option<u64>, Option<u64>) {
        if self.stage == Stage::Preparing {
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
