//! Records that were opened, and which are on their way: nothing is fetched twice because it is asked for twice.
//!
//! Players let go of a place and ask for it again immediately, or read it with two requests.

use core::{cell::RefCell, ops::Range};
use std::collections::VecDeque;

use futures::channel::oneshot::{Receiver, Sender, channel};
use sealdrop_crypto::size;

use crate::{download::plan::content_of, platform::chunk::Chunk};

/// Opened records that are kept: 16 MiB. A player has read about 10 MiB when it shows the first picture of a film.
const MOST: u64 = (16 << 20) / size::R;

/// The newest are at the end.
#[derive(Debug)]
pub(super) struct RecordCache<C>(RefCell<VecDeque<Run<C>>>);

/// Records in a row; no record is in two of them.
#[derive(Debug)]
struct Run<C> {
    object: usize,
    records: Range<u64>,
    /// Nothing while they are on their way.
    content: Option<C>,
    /// Let go of when their fetch is over, whether it came, failed or was dropped.
    waiting: Vec<Sender<()>>,
}

pub(super) enum Found<'a, C> {
    /// Records from the first one that was asked for, and their content.
    Cached(Range<u64>, C),
    /// Another task fetches the first one; this resolves when that ends.
    Underway(Receiver<()>),
    /// The first one is missing, and those after it that this names. Other tasks wait for them until this is dropped.
    Missing(Fetching<'a, C>),
}

/// The fetch of records by one task; others wait for it.
#[derive(Debug)]
pub(super) struct Fetching<'a, C> {
    cache: &'a RecordCache<C>,
    object: usize,
    pub(super) records: Range<u64>,
}

impl<C> Default for RecordCache<C> {
    fn default() -> Self {
        Self(RefCell::default())
    }
}

impl<C: Chunk> RecordCache<C> {
    /// Where the first of some records is to be had.
    pub(super) fn find(&self, object: usize, records: Range<u64>) -> Found<'_, C> {
        let mut runs = self.0.borrow_mut();
        let first = records.start;
        let mut end = records.end;
        for run in runs.iter_mut().filter(|run| run.object == object) {
            if run.records.contains(&first) {
                let Some(content) = &run.content else {
                    let (sender, over) = channel();
                    run.waiting.push(sender);
                    return Found::Underway(over);
                };
                let before = (content_of(first) - content_of(run.records.start)) as usize;
                let rest = content.slice(before.min(content.len())..content.len());
                return Found::Cached(first..run.records.end, rest);
            }
            if run.records.start > first {
                end = end.min(run.records.start);
            }
        }
        let records = first..end;
        runs.push_back(Run {
            object,
            records: records.clone(),
            content: None,
            waiting: Vec::new(),
        });
        Found::Missing(Fetching {
            cache: self,
            object,
            records,
        })
    }
}

impl<C: Chunk> Fetching<'_, C> {
    /// Keeps what came, and lets go of the oldest.
    pub(super) fn store(self, content: C) -> C {
        let copy = content.slice(0..content.len());
        let mut runs = self.cache.0.borrow_mut();
        if let Some(run) = runs.iter_mut().find(|run| self.is_of(run)) {
            run.content = Some(content);
            run.waiting.clear();
        }
        let count = |run: &Run<C>| run.records.end - run.records.start;
        while runs.len() > 1 && runs.iter().map(count).sum::<u64>() > MOST {
            runs.pop_front();
        }
        copy
    }
}

impl<C> Fetching<'_, C> {
    fn is_of(&self, run: &Run<C>) -> bool {
        run.content.is_none() && run.object == self.object && run.records == self.records
    }
}

impl<C> Drop for Fetching<'_, C> {
    fn drop(&mut self) {
        self.cache.0.borrow_mut().retain(|run| !self.is_of(run));
    }
}
