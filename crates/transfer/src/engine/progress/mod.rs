//! Counts what moved: bytes that never go back, a speed that does not jump, and what each file is doing.

mod snapshot;
#[cfg(test)]
mod tests;

use core::{cell::Cell, time::Duration};
use std::collections::{BTreeMap, VecDeque};

use sealdrop_model::Stage;

/// Names a job of the progress.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct JobId(u64);

#[derive(Debug)]
struct Job {
    runs: Vec<(usize, u64)>,
    moved: Cell<u64>,
    /// An attempt is running; otherwise the job waits for its turn, for a resume or for the next try.
    attempting: bool,
    /// The last attempt failed, and none has succeeded since.
    retrying: bool,
    wait_until: Option<Duration>,
}

impl Job {
    /// Whether it makes headway: an attempt after a failure counts only once it has moved a byte.
    fn moves(&self) -> bool {
        self.attempting && (!self.retrying || self.moved.get() > 0)
    }
}

#[derive(Debug, Clone, Copy)]
struct FileCounter {
    len: Option<u64>,
    done: u64,
    shown: u64,
    finished: bool,
    failed: bool,
}

#[derive(Debug)]
pub(crate) struct Progress {
    stage: Stage,
    files: Vec<FileCounter>,
    total: Option<u64>,
    acknowledged: u64,
    shown: u64,
    jobs: BTreeMap<JobId, Job>,
    next_job: u64,
    paused: bool,
    /// What came is being written down: the bytes of a download count when they are.
    writing: bool,
    offline: bool,
    /// Bytes at the last look at the network.
    seen_moved: u64,
    samples: VecDeque<(Duration, u64)>,
}

impl Progress {
    /// Counts files of these lengths; `None` for a pipe.
    pub(crate) fn new(lens: impl Iterator<Item = Option<u64>>, total: Option<u64>) -> Self {
        Self {
            stage: Stage::Preparing,
            files: lens
                .map(|len| FileCounter {
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
            writing: false,
            offline: false,
            seen_moved: 0,
            samples: VecDeque::new(),
        }
    }

    pub(crate) fn enter(&mut self, stage: Stage) {
        self.stage = stage;
    }

    pub(crate) fn set_paused(&mut self, paused: bool) {
        self.paused = paused;
    }

    /// Whether bytes that came are being written down.
    pub(crate) fn set_writing(&mut self, writing: bool) {
        self.writing = writing;
    }

    /// What the machine says of its network at this moment. It counts as offline from the first moment at which it says
    /// so and no byte moves: a browser also says so where only the way to the internet is cut and the server is near.
    pub(crate) fn observe_network(&mut self, online: bool) {
        let moved = self.acknowledged + self.jobs.values().map(|job| job.moved.get()).sum::<u64>();
        let moves = moved > self.seen_moved;
        self.seen_moved = moved;
        self.offline = !(online || moves);
    }

    #[cfg(test)]
    fn set_offline(&mut self, offline: bool) {
        self.offline = offline;
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
                attempting: false,
                retrying: false,
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

    /// An attempt of a job begins or ends.
    pub(crate) fn set_attempting(&mut self, id: JobId, attempting: bool) {
        if let Some(job) = self.jobs.get_mut(&id) {
            job.attempting = attempting;
        }
    }

    /// A job failed and waits until then; `None` ends the wait.
    pub(crate) fn set_waiting(&mut self, id: JobId, until: Option<Duration>) {
        if let Some(job) = self.jobs.get_mut(&id) {
            job.moved.set(0);
            job.retrying |= until.is_some();
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
