//! A transfer under way, either direction: what the bar, the numbers and the rows say. Fed by the engine's events; the
//! percentage never goes back, whatever an event says.

use super::{items::Item, numbers};
use crate::engine::{FileProgress, FileState, Stage, TransferProgress};

/// Which way the bytes go: the stages are the same, the words are not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    Sending,
    Receiving,
}

/// A named state of one row; the number is whole percent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RowState {
    Next,
    Busy(u8),
    Retrying(u8),
    Waiting(u8),
    Paused(u8),
    /// Every byte has arrived; for a received file: not yet compared with the final seal.
    Arrived,
    /// Received, and every record opened.
    Complete,
    /// Received, and equal to what was sealed.
    Unaltered,
    Stopped,
    NotStarted,
}

impl RowState {
    /// What a row that waits is called while the whole is at `stage`: a row waits for the network or for the person.
    fn during(self, stage: Stage) -> Self {
        match (self, stage) {
            (Self::Waiting(percent), Stage::Pausing | Stage::Paused) => Self::Paused(percent),
            (mark, _) => mark,
        }
    }
}

/// What a receiver may say of the files of a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Checked {
    /// Files that are saved, every piece of them checked.
    pub(crate) files: usize,
    /// Every file of the link is saved and equals what was sealed.
    pub(crate) all_unaltered: bool,
}

/// The whole picture.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Run {
    pub(crate) stage: Stage,
    pub(crate) done: u64,
    pub(crate) total: u64,
    pub(crate) rate: Option<u64>,
    pub(crate) left: Option<u64>,
    /// One for each row that is shown.
    pub(crate) marks: Vec<RowState>,
    /// For each row, how many of its files have every byte there.
    through: Vec<usize>,
    percent: u8,
}

impl Run {
    /// A run that has not moved a byte.
    pub(crate) fn start(rows: usize, total: u64) -> Self {
        Self {
            stage: Stage::Preparing,
            done: 0,
            total,
            rate: None,
            left: None,
            marks: vec![RowState::Next; rows],
            through: Vec::new(),
            percent: 0,
        }
    }

    /// Whole percent; 100 only once everything has arrived.
    pub(crate) fn percent(&self) -> u8 {
        if self.stage == Stage::Finishing {
            100
        } else {
            self.percent.min(99)
        }
    }

    /// How many of a row's `files` have every byte there.
    pub(crate) fn through(&self, row: usize, files: usize) -> usize {
        match self.marks.get(row) {
            Some(RowState::Arrived | RowState::Complete | RowState::Unaltered) => files,
            _ => self.through.get(row).copied().unwrap_or(0),
        }
    }

    /// Whether the person has paused it.
    pub(crate) fn is_paused(&self) -> bool {
        matches!(self.stage, Stage::Pausing | Stage::Paused)
    }

    /// Takes in how far an upload is.
    pub(crate) fn sent(&mut self, progress: &TransferProgress, rows: &[Item], lens: &[u64]) {
        self.advance(progress, rows);
        let counted = rows.iter().zip(&self.through);
        self.marks = counted
            .map(|(row, through)| mark(row, *through, &progress.files, lens).during(self.stage))
            .collect();
    }

    /// Takes in how far a download is. Rows that were judged before keep their verdict.
    pub(crate) fn received(&mut self, progress: &TransferProgress, rows: &[Item], lens: &[u64]) {
        self.advance(progress, rows);
        for ((shown, row), through) in self.marks.iter_mut().zip(rows).zip(&self.through) {
            // Rows that this download is not of have not started, whatever the others do.
            if !matches!(shown, RowState::Complete | RowState::Unaltered | RowState::NotStarted) {
                *shown = mark(row, *through, &progress.files, lens).during(self.stage);
            }
        }
        self.rows_say_what_all_says();
    }

    /// A download reads file after file, so what holds it up holds up the row that is under way.
    fn rows_say_what_all_says(&mut self) {
        if matches!(self.stage, Stage::Preparing | Stage::Finishing) {
            return;
        }
        let is_under_way = |mark: &RowState| {
            matches!(
                mark,
                RowState::Busy(_) | RowState::Retrying(_) | RowState::Waiting(_) | RowState::Paused(_)
            )
        };
        if !self.marks.iter().any(is_under_way)
            && let Some(next) = self.marks.iter_mut().find(|mark| **mark == RowState::Next)
        {
            *next = RowState::Busy(0);
        }
        for mark in &mut self.marks {
            if let RowState::Busy(percent) = *mark {
                *mark = match self.stage {
                    Stage::Retrying { .. } => RowState::Retrying(percent),
                    Stage::WaitingForNetwork => RowState::Waiting(percent),
                    Stage::Paused => RowState::Paused(percent),
                    _ => RowState::Busy(percent),
                };
            }
        }
    }

    /// One received file has come to its end.
    pub(crate) fn file_done(&mut self, row: usize, whole: bool) {
        if let Some(mark) = self.marks.get_mut(row) {
            *mark = if whole { RowState::Unaltered } else { RowState::Complete };
        }
    }

    /// What was received and checked of all rows.
    pub(crate) fn checked(&self) -> Checked {
        let is = |wanted: RowState| self.marks.iter().filter(|mark| **mark == wanted).count();
        let (unaltered, complete) = (is(RowState::Unaltered), is(RowState::Complete));
        Checked {
            files: unaltered + complete,
            all_unaltered: unaltered == self.marks.len(),
        }
    }

    /// The transfer broke off: what was under way is stopped, what was to come has not started.
    pub(crate) fn stopped(&mut self) {
        for mark in &mut self.marks {
            *mark = match *mark {
                RowState::Busy(_)
                | RowState::Retrying(_)
                | RowState::Waiting(_)
                | RowState::Paused(_)
                | RowState::Arrived => RowState::Stopped,
                RowState::Next => RowState::NotStarted,
                ended => ended,
            };
        }
    }

    fn advance(&mut self, progress: &TransferProgress, rows: &[Item]) {
        self.stage = progress.stage;
        self.done = self.done.max(progress.bytes);
        self.total = progress.total_bytes.unwrap_or(progress.bytes);
        self.rate = progress.bytes_per_second;
        self.left = progress.seconds_left;
        self.percent = self.percent.max(numbers::percent(self.done, self.total));
        self.through = rows.iter().map(|row| through(row, &progress.files)).collect();
    }
}

/// How many files of a row have every byte there.
fn through(row: &Item, files: &[FileProgress]) -> usize {
    let there = |at: &&usize| {
        files
            .get(**at)
            .is_some_and(|file| matches!(file.state, FileState::Done))
    };
    row.members.iter().filter(there).count()
}

/// The state of a row from those of its files: error first, then work, then what is through.
fn mark(row: &Item, through: usize, files: &[FileProgress], lens: &[u64]) -> RowState {
    let (mut sent, mut moving) = (0_u64, false);
    let (mut failed, mut retrying, mut waiting) = (false, false, false);
    for at in &row.members {
        let Some(file) = files.get(*at) else { continue };
        match file.state {
            FileState::Next | FileState::Done => {}
            FileState::Running => moving = true,
            FileState::Retrying => retrying = true,
            FileState::Waiting => waiting = true,
            FileState::Failed => failed = true,
        }
        sent = sent.saturating_add(match file.state {
            FileState::Done => lens.get(*at).copied().unwrap_or(file.bytes),
            _ => file.bytes,
        });
    }
    let percent = numbers::percent(sent, row.len);
    if failed {
        RowState::Stopped
    } else if through == row.members.len() && through > 0 {
        RowState::Arrived
    } else if retrying {
        RowState::Retrying(percent)
    } else if waiting {
        RowState::Waiting(percent)
    } else if moving || through > 0 {
        RowState::Busy(percent)
    } else {
        RowState::Next
    }
}

/// What a screen reader should hear now, if anything: every change of stage, and every tenth percent in between.
pub(crate) fn worth_saying(before: &Run, after: &Run) -> bool {
    std::mem::discriminant(&before.stage) != std::mem::discriminant(&after.stage)
        || before.percent() / 10 != after.percent() / 10
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::items;

    fn progress(stage: Stage, bytes: u64, files: &[(u64, FileState)]) -> TransferProgress {
        TransferProgress {
            stage,
            bytes,
            total_bytes: Some(1000),
            bytes_per_second: Some(10),
            seconds_left: Some(60),
            files: files
                .iter()
                .map(|(bytes, state)| FileProgress {
                    bytes: *bytes,
                    state: *state,
                })
                .collect(),
        }
    }

    fn house() -> (Vec<Item>, Vec<u64>) {
        let files = [("a.txt", 500), ("Kitchen/one", 100), ("Kitchen/two", 400), ("empty", 0)];
        (
            items::grouped((0..).zip(files).map(|(id, (path, len))| (id, path, len))),
            files.iter().map(|(_, len)| *len).collect(),
        )
    }

    #[test]
    fn a_sending_from_first_to_last() {
        let (rows, lens) = house();
        let mut run = Run::start(rows.len(), 1000);
        let through = |run: &Run| {
            (0..3)
                .map(|row| run.through(row, rows[row].members.len()))
                .sum::<usize>()
        };
        assert_eq!((run.percent(), through(&run)), (0, 0));
        use FileState::{Done, Next, Retrying, Running, Waiting};
        run.sent(
            &progress(
                Stage::Moving,
                330,
                &[(200, Running), (0, Done), (30, Running), (0, Done)],
            ),
            &rows,
            &lens,
        );
        assert_eq!(run.marks, [RowState::Busy(40), RowState::Busy(26), RowState::Arrived]);
        assert_eq!(
            (run.percent(), through(&run), run.stage),
            (33, 2, Stage::Moving),
            "one of a folder counts"
        );
        run.sent(
            &progress(
                Stage::Retrying { in_seconds: 4 },
                300,
                &[(200, Retrying), (0, Done), (0, Next), (0, Done)],
            ),
            &rows,
            &lens,
        );
        assert_eq!(run.percent(), 33, "never back");
        assert_eq!(run.marks[..2], [RowState::Retrying(40), RowState::Busy(20)]);
        run.sent(
            &progress(
                Stage::WaitingForNetwork,
                400,
                &[(200, Waiting), (0, Done), (0, Next), (0, Done)],
            ),
            &rows,
            &lens,
        );
        assert_eq!(
            (run.stage, run.marks[0]),
            (Stage::WaitingForNetwork, RowState::Waiting(40))
        );
        run.sent(
            &progress(Stage::Moving, 1000, &[(0, Done), (0, Done), (0, Done), (0, Done)]),
            &rows,
            &lens,
        );
        assert_eq!(
            (run.percent(), through(&run)),
            (99, 4),
            "100 is said when the store has put it together"
        );
        run.sent(
            &progress(Stage::Finishing, 1000, &[(0, Done), (0, Done), (0, Done), (0, Done)]),
            &rows,
            &lens,
        );
        assert_eq!(run.percent(), 100);
    }

    #[test]
    fn a_download_that_breaks_off() {
        let lens = [500, 100, 400];
        let rows = items::flat([("a", 500), ("b", 100), ("c", 400)].into_iter());
        let mut run = Run::start(3, 1000);
        let at = |stage, bytes, files: [(u64, FileState); 3]| progress(stage, bytes, &files);
        use FileState::{Done, Next, Running};
        run.received(
            &at(Stage::Moving, 500, [(500, Done), (0, Next), (0, Next)]),
            &rows,
            &lens,
        );
        run.file_done(0, true);
        run.received(
            &at(Stage::Moving, 550, [(500, Done), (50, Running), (0, Next)]),
            &rows,
            &lens,
        );
        assert_eq!(run.marks, [RowState::Unaltered, RowState::Busy(50), RowState::Next]);
        let retrying = Stage::Retrying { in_seconds: 2 };
        run.received(
            &at(retrying, 550, [(500, Done), (50, Running), (0, Next)]),
            &rows,
            &lens,
        );
        assert_eq!(run.marks, [RowState::Unaltered, RowState::Retrying(50), RowState::Next]);
        run.received(
            &at(Stage::WaitingForNetwork, 600, [(500, Done), (100, Done), (0, Next)]),
            &rows,
            &lens,
        );
        assert_eq!(
            run.marks,
            [RowState::Unaltered, RowState::Arrived, RowState::Waiting(0)]
        );
        run.received(
            &at(Stage::Moving, 600, [(500, Done), (100, Running), (0, Next)]),
            &rows,
            &lens,
        );
        run.stopped();
        assert_eq!(
            run.marks,
            [RowState::Unaltered, RowState::Stopped, RowState::NotStarted]
        );
        let checked = |files, all_unaltered| Checked { files, all_unaltered };
        assert_eq!(run.checked(), checked(1, false));
        run.file_done(1, false);
        run.file_done(2, true);
        assert_eq!(run.checked(), checked(3, false), "one was not compared with the seal");
        run.file_done(1, true);
        assert_eq!(run.checked(), checked(3, true));
    }

    #[test]
    fn announcements_are_rare() {
        let before = Run {
            percent: 31,
            stage: Stage::Moving,
            ..Run::start(1, 100)
        };
        assert!(!worth_saying(
            &before,
            &Run {
                percent: 39,
                ..before.clone()
            }
        ));
        assert!(worth_saying(
            &before,
            &Run {
                percent: 40,
                ..before.clone()
            }
        ));
        assert!(worth_saying(
            &before,
            &Run {
                stage: Stage::Paused,
                ..before.clone()
            }
        ));
        let retrying = Run {
            stage: Stage::Retrying { in_seconds: 4 },
            ..before.clone()
        };
        assert!(!worth_saying(
            &retrying,
            &Run {
                stage: Stage::Retrying { in_seconds: 3 },
                ..before
            }
        ));
    }
}
