//! Counts what moved: bytes that never go back, a speed that does not jump, and what each file is doing.

mod reading;
#[cfg(test)]
mod tests;

use core::{cell::Cell, time::Duration};
use std::collections::{BTreeMap, VecDeque};

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
}
