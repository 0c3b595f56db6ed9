//! Records that were opened, and which are on their way: nothing is fetched twice because it is asked for twice.
//!
//! Players let go of a place and ask for it again at once, or read it with two requests.

use core::{cell::RefCell, ops::Range};
use std::collections::VecDeque;

use futures::{
    FutureExt,
    channel::oneshot::{Receiver, Sender, channel},
    future::Shared,
};
use sealdrop_crypto::size;

use crate::{Chunk, download::content_of};

/// Opened records that are kept: 16 MiB. A player has read about 10 MiB when it shows the first picture of a film.
const MOST: u64 = (16 << 20) / size::R;

/// Ends when the fetch that it was taken from is over, whether that came, failed or was dropped.
type Over = Shared<Receiver<()>>;

#[derive(Debug)]
pub(super) struct Held<C> {
    /// The last runs that were opened, the newest at the end.
    runs: RefCell<VecDeque<Run<C>>>,
    underway: RefCell<Vec<Underway>>,
}

#[derive(Debug)]
struct Run<C> {
    object: usize,
    records: Range<u64>,
    content: C,
}

#[derive(Debug)]
struct Underway {
    object: usize,
    records: Range<u64>,
    over: Over,
}

pub(super) enum Found<'a, C> {
    /// Records from the first one that was asked for, and their content.
    Held(Range<u64>, C),
    /// Somebody else fetches the first one.
    Underway(Over),
    /// Nobody has the first one, nor those after it that this names. Others wait for them until this is dropped.
    Missing(Fetching<'a>),
}

/// A fetch of records that nobody else makes meanwhile.
#[derive(Debug)]
pub(super) struct Fetching<'a> {
    underway: &'a RefCell<Vec<Underway>>,
    object: usize,
    records: Range<u64>,
    _over: Sender<()>,
}

impl<C> Default for Held<C> {
    fn default() -> Self {
        Self {
            runs: RefCell::default(),
            underway: RefCell::default(),
        }
    }
}

impl<C: Chunk> Held<C> {
    /// Where the first of some records is to be had.
    pub(super) fn find(&self, object: usize, records: Range<u64>) -> Found<'_, C> {
        let runs = self.runs.borrow();
        let mut underway = self.underway.borrow_mut();
        let first = records.start;
        if let Some(run) = runs
            .iter()
            .find(|run| run.object == object && run.records.contains(&first))
        {
            let before = (content_of(first) - content_of(run.records.start)) as usize;
            let rest = run.content.slice(before.min(run.content.len())..run.content.len());
            return Found::Held(first..run.records.end, rest);
        }
        let other = underway
            .iter()
            .find(|one| one.object == object && one.records.contains(&first));
        if let Some(other) = other {
            return Found::Underway(other.over.clone());
        }
        let taken = runs.iter().map(|run| (run.object, run.records.start));
        let taken = taken.chain(underway.iter().map(|one| (one.object, one.records.start)));
        let next = taken
            .filter(|(of, start)| *of == object && *start > first)
            .map(|(_, start)| start);
        let records = first..next.min().unwrap_or(u64::MAX).min(records.end);
        let (sender, over) = channel();
        underway.push(Underway {
            object,
            records: records.clone(),
            over: over.shared(),
        });
        Found::Missing(Fetching {
            underway: &self.underway,
            object,
            records,
            _over: sender,
        })
    }

    /// Keeps records that were opened, and lets go of the oldest.
    pub(super) fn hold(&self, object: usize, records: Range<u64>, content: C) -> C {
        let copy = content.slice(0..content.len());
        let mut runs = self.runs.borrow_mut();
        runs.push_back(Run {
            object,
            records,
            content,
        });
        let count = |run: &Run<C>| run.records.end - run.records.start;
        while runs.len() > 1 && runs.iter().map(count).sum::<u64>() > MOST {
            runs.pop_front();
        }
        copy
    }
}

impl Fetching<'_> {
    pub(super) const fn records(&self) -> Range<u64> {
        self.records.start..self.records.end
    }
}

impl Drop for Fetching<'_> {
    fn drop(&mut self) {
        let mut underway = self.underway.borrow_mut();
        underway.retain(|one| one.object != self.object || one.records != self.records);
    }
}
