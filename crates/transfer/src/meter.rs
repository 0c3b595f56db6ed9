//! Counts what moved: bytes that never go back, a speed that does not jump, and what each file is doing.

use core::{cell::Cell, time::Duration};
use std::collections::{BTreeMap, VecDeque};

use crate::{FileProgress, FileState};

/// Speed is the mean over this long.
const WINDOW: Duration = Duration::from_secs(10);
/// Below this there is nothing to measure yet.
const SETTLED: Duration = Duration::from_secs(1);

/// What a transfer as a whole is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    Preparing,
    Moving,
    Finishing,
}

/// What holds a transfer up, as the person should hear it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    Stage(Stage),
    Paused,
    Offline { since: Duration },
    Retrying { left: Duration },
}

/// Names a job of the meter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct JobId(u64);

#[derive(Debug)]
struct Job {
    runs: Vec<(usize, u64)>,
    moved: Cell<u64>,
    wait_until: Option<Duration>,
}

#[derive(Debug, Clone, Copy)]
struct FileMeter {
    len: Option<u64>,
    done: u64,
    shown: u64,
    finished: bool,
    failed: bool,
}

/// A snapshot of the numbers.
#[derive(Debug, PartialEq)]
pub(crate) struct Reading {
    pub(crate) standing: Standing,
    pub(crate) bytes: u64,
    pub(crate) bytes_per_second: Option<u64>,
    pub(crate) seconds_left: Option<u64>,
    pub(crate) files: Vec<FileProgress>,
}

#[derive(Debug)]
pub(crate) struct Meter {
    stage: Stage,
    files: Vec<FileMeter>,
    total: Option<u64>,
    acknowledged: u64,
    shown: u64,
    jobs: BTreeMap<JobId, Job>,
    next_job: u64,
    paused: bool,
    offline_since: Option<Duration>,
    samples: VecDeque<(Duration, u64)>,
}

impl Meter {
    /// Counts files of these lengths; `None` for a pipe.
    pub(crate) fn new(lens: impl Iterator<Item = Option<u64>>, total: Option<u64>) -> Self {
        Self {
            stage: Stage::Preparing,
            files: lens
                .map(|len| FileMeter {
                    len,
                    done: 0,
                    shown: 0,
                    finished: false,
                    failed: false,
                })
                .collect(),
            total,
            acknowledged: 0,
            shown: 0,
            jobs: BTreeMap::new(),
            next_job: 0,
            paused: false,
            offline_since: None,
            samples: VecDeque::new(),
        }
    }

    pub(crate) fn enter(&mut self, stage: Stage) {
        self.stage = stage;
    }

    pub(crate) fn set_paused(&mut self, paused: bool) {
        self.paused = paused;
    }

    pub(crate) fn set_offline(&mut self, since: Option<Duration>) {
        self.offline_since = since;
    }

    /// A piece of work starts; `runs` are the files that it moves bytes of, and how many.
    pub(crate) fn begin(&mut self, runs: Vec<(usize, u64)>) -> JobId {
        let id = JobId(self.next_job);
        self.next_job += 1;
        self.jobs.insert(
            id,
            Job {
                runs,
                moved: Cell::new(0),
                wait_until: None,
            },
        );
        id
    }

    /// Bytes that a job moves and that count.
    pub(crate) fn size(&self, id: JobId) -> u64 {
        let job = self.jobs.get(&id);
        job.map_or(0, |job| job.runs.iter().map(|(_, len)| len).sum())
    }

    /// How far the present attempt of a job is; starts over with a new attempt.
    pub(crate) fn advance(&self, id: JobId, moved: u64) {
        if let Some(job) = self.jobs.get(&id) {
            job.moved.set(moved);
        }
    }

    /// A job failed and waits until then, or goes on.
    pub(crate) fn set_waiting(&mut self, id: JobId, until: Option<Duration>) {
        if let Some(job) = self.jobs.get_mut(&id) {
            job.moved.set(0);
            job.wait_until = until;
        }
    }

    /// A job is done: its bytes count for good.
    pub(crate) fn acknowledge(&mut self, id: JobId) {
        for (file, len) in self.jobs.remove(&id).map(|job| job.runs).unwrap_or_default() {
            self.add(file, len);
        }
    }

    /// Bytes of a file that count for good.
    pub(crate) fn add(&mut self, file: usize, len: u64) {
        self.acknowledged += len;
        if let Some(file) = self.files.get_mut(file) {
            file.done += len;
        }
    }

    /// A job made the transfer fail.
    pub(crate) fn fail(&mut self, id: JobId) {
        for (file, _) in self.jobs.remove(&id).map(|job| job.runs).unwrap_or_default() {
            if let Some(file) = self.files.get_mut(file) {
                file.failed = true;
            }
        }
    }

    /// A file is done, also an empty one.
    pub(crate) fn finish_file(&mut self, file: usize) {
        if let Some(file) = self.files.get_mut(file) {
            file.finished = true;
        }
    }

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

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    #[test]
    fn numbers_never_go_back() {
        let mut meter = Meter::new([Some(100), Some(50)].into_iter(), Some(150));
        meter.enter(Stage::Moving);
        let job = meter.begin(vec![(0, 100), (1, 20)]);
        meter.advance(job, 110);
        let reading = meter.read(at(0));
        assert_eq!(
            (reading.bytes, reading.files[0].bytes, reading.files[1].bytes),
            (110, 100, 10)
        );
        meter.set_waiting(job, Some(at(3_000)));
        let reading = meter.read(at(1_000));
        assert_eq!(reading.standing, Standing::Retrying { left: at(2_000) });
        assert_eq!((reading.bytes, reading.files[0].state), (110, FileState::Retrying));
        meter.set_waiting(job, None);
        meter.acknowledge(job);
        let reading = meter.read(at(2_000));
        assert_eq!((reading.bytes, reading.files[0].state), (120, FileState::Done));
        assert_eq!(
            reading.files[1],
            FileProgress {
                bytes: 20,
                state: FileState::Running
            }
        );
    }

    #[test]
    fn speed_is_the_mean_of_ten_seconds() {
        let mut meter = Meter::new([Some(1_000_000)].into_iter(), Some(1_000_000));
        meter.enter(Stage::Moving);
        assert_eq!(meter.read(at(0)).bytes_per_second, None);
        for second in 1..=20_u64 {
            meter.add(0, if second <= 10 { 1_000 } else { 2_000 });
            meter.read(at(second * 1_000));
        }
        let reading = meter.read(at(20_000));
        assert!((1_900..=2_000).contains(&reading.bytes_per_second.expect("20 s are enough")));
        assert_eq!(
            reading.seconds_left,
            Some(970_000_u64.div_ceil(reading.bytes_per_second.expect("known")))
        );
    }

    #[test]
    fn a_pause_and_a_lost_network_are_named() {
        let mut meter = Meter::new([Some(10)].into_iter(), Some(10));
        meter.enter(Stage::Moving);
        let job = meter.begin(vec![(0, 10)]);
        meter.set_paused(true);
        let reading = meter.read(at(0));
        assert_eq!(
            (reading.standing, reading.files[0].state),
            (Standing::Paused, FileState::Waiting)
        );
        meter.set_offline(Some(at(5)));
        assert_eq!(meter.read(at(9)).standing, Standing::Offline { since: at(5) });
        meter.set_offline(None);
        meter.set_paused(false);
        meter.fail(job);
        assert_eq!(meter.read(at(9)).files[0].state, FileState::Failed);
    }
}
