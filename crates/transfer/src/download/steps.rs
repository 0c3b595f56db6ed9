//! Reads what was planned, a few ranges ahead, and writes it in order; proves each object before its files are done.

use core::ops::Range;
use std::collections::BTreeMap;

use futures::{
    FutureExt, StreamExt,
    channel::oneshot::{self, Receiver, Sender},
    future::{Either, Shared, select, try_join},
    pin_mut, stream,
};
use sealdrop_api::SealedBytes;
use sealdrop_crypto::{TagRoot, size};

use super::{
    checkpoint::Checkpoint,
    claim::Claim,
    open_range::open_records,
    plan::{DownloadPlan, RangeStep, content_of},
    resume::Resume,
    sink_files::describe,
};
use crate::{
    engine::{context::TransferContext, events::DownloadEvent},
    error::TransferError,
    link::open::OpenedLink,
    platform::{
        Platform,
        chunk::Chunk,
        open_job::{OpenedHeader, OpenedRange},
        sinks::{Sink, SinkFile, Sinks},
    },
};

/// A download that is running.
pub(crate) struct Receiving<'a, P: Platform> {
    pub(crate) context: &'a TransferContext<'a, P>,
    pub(crate) link: &'a OpenedLink,
    pub(crate) claim: &'a Claim<'a>,
    pub(crate) plan: &'a DownloadPlan,
    pub(crate) events: &'a dyn Fn(DownloadEvent),
    /// Whether files are done only together, when their archive is.
    pub(crate) in_archive: bool,
    /// Hears what a later run needs.
    pub(crate) keep: &'a dyn Fn(Checkpoint),
    /// What earlier runs left.
    pub(crate) before: &'a Resume,
}

/// What is known first of an object tells the other steps of it; who finds it out has the sender.
type Header = (Option<Sender<OpenedHeader>>, Shared<Receiver<OpenedHeader>>);

/// Steps of one object from which on its first record is fetched by itself, so that no range waits for the first one.
const PEEK: usize = 3;

impl<P: Platform> Receiving<'_, P> {
    /// Reads every step that is left, a few ahead, writes in order, finishes each file when all that proves it is there.
    pub(crate) async fn read<S: Sinks<Chunk = P::Chunk>>(
        &self,
        sinks: &mut S,
        open: &mut BTreeMap<usize, S::Sink>,
        ahead: usize,
    ) -> Result<u64, TransferError> {
        let (first, mut unread) = self.go_on(sinks, open).await?;
        let steps = &self.plan.steps[first..];
        let mut unproven: BTreeMap<usize, TagRoot> = BTreeMap::new();
        if let Some(step) = steps.first().filter(|step| step.whole) {
            let mut root = self.root_of(step)?;
            root.insert(0, &self.before.digests)?;
            unproven.insert(step.object, root);
        }
        let mut records = 0;
        let headers = announce_headers(steps);
        let mut ranges = stream::iter(steps.iter().zip(headers))
            .map(|(step, header)| self.open_step(step, header))
            .buffered(ahead);
        let mut came = None;
        for (number, step) in (first as u64..).zip(steps) {
            let next = match came.take() {
                Some(next) => next,
                None => ranges.next().await,
            };
            let Some(range) = next else { break };
            let range = range?;
            records += step.records.end - step.records.start;
            self.context.progress.borrow_mut().set_writing(true);
            came = {
                let writing = self.write_step(step, &range, sinks, open, &mut unread);
                pin_mut!(writing);
                // What comes next is asked for while this is written: a stream that is not polled begins nothing. It is not waited
                // for: what is written counts immediately.
                match select(writing.as_mut(), ranges.next()).await {
                    Either::Left((written, _)) => written.map(|()| None)?,
                    Either::Right((next, _)) => writing.await.map(|()| Some(next))?,
                }
            };
            self.context.progress.borrow_mut().set_writing(false);
            if step.whole {
                let mut root = match unproven.remove(&step.object) {
                    Some(root) => root,
                    None => self.root_of(step)?,
                };
                root.insert(step.run(), &[range.digest.ok_or(TransferError::NotWhatWasSealed)?])?;
                if step.is_last {
                    root.verify(&self.link.objects[step.object].tag_root)?;
                } else {
                    unproven.insert(step.object, root);
                }
            }
            let digest = range.digest.filter(|_| step.whole);
            (self.keep)(Checkpoint::Written {
                step: number,
                digest: digest.map(|digest| SealedBytes(digest.to_vec())),
                ends_object: step.is_last,
            });
            if step.is_last {
                self.finish_ready(open, &unread).await?;
            }
        }
        // Empty files have no bytes to wait for, and no step of their own.
        for file in &self.plan.selected {
            if self.link.files[*file].len == 0 && !self.before.finished.contains(file) {
                let sink = sinks.open(&self.describe(*file, 0)).await?;
                self.finish_file(*file, sink).await?;
            }
        }
        Ok(records)
    }

    /// Takes up what earlier runs left: which step comes first, and how much of each file is to come.
    async fn go_on<S: Sinks<Chunk = P::Chunk>>(
        &self,
        sinks: &mut S,
        open: &mut BTreeMap<usize, S::Sink>,
    ) -> Result<(usize, BTreeMap<usize, u64>), TransferError> {
        let written = self.before.fit(self.link, self.plan)?;
        let first = usize::try_from(self.before.steps).unwrap_or(usize::MAX);
        let mut unread = BTreeMap::new();
        for (file, written) in self.plan.selected.iter().zip(written) {
            let left = self.link.files[*file].len - written;
            if self.before.finished.contains(file) {
                let proof = self.plan.proof(*file);
                (self.events)(DownloadEvent::FileDone { index: *file, proof });
                continue;
            }
            if written > 0 {
                let sink = sinks.open(&self.describe(*file, written)).await?;
                open.insert(*file, sink);
            }
            unread.insert(*file, left);
        }
        // The run before may have ended between proving an object and naming its files.
        if first > 0 && self.plan.steps[first - 1].is_last {
            self.finish_ready(open, &unread).await?;
        }
        Ok((first, unread))
    }

    fn root_of(&self, step: &RangeStep) -> Result<TagRoot, TransferError> {
        let object_len = size::object_len(self.link.objects[step.object].stream_len);
        Ok(TagRoot::new(object_len)?)
    }

    async fn open_step(&self, step: &RangeStep, header: Header) -> Result<OpenedRange<P::Chunk>, TransferError> {
        let (announce, announced) = header;
        let Some(announce) = announce else {
            // The first step failed: its own error ends the transfer before this one is looked at.
            let known = announced.await.map_err(|_| TransferError::Cancelled)?;
            return self.open_records(step, step.records.clone(), Some(known)).await;
        };
        if step.records.start > 0 {
            // It goes on in the middle of an object, whose header has to be asked for once more.
            let first = self.open_records(step, 0..1, None).await?.header;
            let _ = announce.send(first);
            return self.open_records(step, step.records.clone(), Some(first)).await;
        }
        let of_object = self.plan.steps.iter().filter(|other| other.object == step.object);
        if of_object.count() < PEEK || step.records.end - step.records.start < 2 {
            let range = self.open_records(step, step.records.clone(), None).await?;
            // There may be no receiver: the object had one step.
            let _ = announce.send(range.header);
            return Ok(range);
        }
        // A quarter of a megabyte twice, and the ranges that follow are on their way before this one is here.
        let peek = async {
            let first = self.open_records(step, 0..1, None).await?.header;
            let _ = announce.send(first);
            Ok(first)
        };
        let (first, range) = try_join(peek, self.open_records(step, step.records.clone(), None)).await?;
        if first.bytes == range.header.bytes && first.content_len == range.header.content_len {
            Ok(range)
        } else {
            Err(TransferError::NotWhatWasSealed)
        }
    }

    /// Opens some records of a step's object, trying until they are here.
    async fn open_records(
        &self,
        step: &RangeStep,
        records: Range<u64>,
        known: Option<OpenedHeader>,
    ) -> Result<OpenedRange<P::Chunk>, TransferError> {
        let range = open_records(self.context, self.link, self.claim, step.object, (records, known)).await?;
        // What a list claims of an object must fit what the object itself says.
        let content_len = range.header.content_len;
        if step.wanted.iter().all(|(_, wanted)| wanted.end <= content_len) {
            Ok(range)
        } else {
            Err(TransferError::NotWhatWasSealed)
        }
    }

    async fn write_step<S: Sinks<Chunk = P::Chunk>>(
        &self,
        step: &RangeStep,
        range: &OpenedRange<P::Chunk>,
        sinks: &mut S,
        open: &mut BTreeMap<usize, S::Sink>,
        unread: &mut BTreeMap<usize, u64>,
    ) -> Result<(), TransferError> {
        let base = content_of(step.records.start);
        for (file, wanted) in &step.wanted {
            let len = wanted.end - wanted.start;
            if !open.contains_key(file) {
                let sink = sinks.open(&self.describe(*file, 0)).await?;
                open.insert(*file, sink);
            }
            let piece = range
                .content
                .slice((wanted.start - base) as usize..(wanted.end - base) as usize);
            if let Some(sink) = open.get_mut(file) {
                sink.write(piece).await?;
            }
            self.context.progress.borrow_mut().add(*file, len);
            if let Some(left) = unread.get_mut(file) {
                *left -= len;
            }
        }
        Ok(())
    }

    /// Finishes the files that have all their bytes, now that the object they end in is proven.
    async fn finish_ready<K: Sink>(
        &self,
        open: &mut BTreeMap<usize, K>,
        unread: &BTreeMap<usize, u64>,
    ) -> Result<(), TransferError> {
        let ready: Vec<usize> = open
            .keys()
            .copied()
            .filter(|file| unread.get(file).is_some_and(|left| *left == 0))
            .collect();
        for file in ready {
            if let Some(sink) = open.remove(&file) {
                self.finish_file(file, sink).await?;
            }
        }
        Ok(())
    }

    async fn finish_file<K: Sink>(&self, file: usize, sink: K) -> Result<(), TransferError> {
        let proof = self.plan.proof(file);
        sink.finish(proof).await?;
        (self.keep)(Checkpoint::Finished { file });
        if !self.in_archive {
            self.context.progress.borrow_mut().finish_file(file);
            (self.events)(DownloadEvent::FileDone { index: file, proof });
        }
        Ok(())
    }

    fn describe(&self, file: usize, offset: u64) -> SinkFile {
        SinkFile {
            offset,
            ..describe(self.link, file)
        }
    }
}

/// The first step of each object tells the others what its header says.
fn announce_headers(steps: &[RangeStep]) -> Vec<Header> {
    let mut headers: Vec<Header> = Vec::with_capacity(steps.len());
    for step in steps {
        let header = match headers.last() {
            // A step that does not start an object follows one of the same object.
            Some((_, announced)) if step.records.start > 0 => (None, announced.clone()),
            _ => {
                let (announce, announced) = oneshot::channel();
                (Some(announce), announced.shared())
            }
        };
        headers.push(header);
    }
    headers
}
