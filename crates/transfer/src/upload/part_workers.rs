//! Workers that send parts concurrently: they take them from one queue, and complete each object with its last part.

use core::{
    cell::{Cell, RefCell},
    ops::Range,
};
use std::sync::Arc;

use futures::{channel::oneshot, future::try_join};
use sealdrop_api::uploads::PartToSign;

use super::{object::ObjectUpload, options::SendFile};
use crate::{
    engine::context::TransferContext,
    error::TransferError,
    journal::{handle::JournalHandle, source_digest::digest_sources, storage::Journal},
    platform::{
        Platform,
        part_job::{PartJob, SourceExtent},
    },
};

/// Parts that no worker has taken yet.
pub(crate) struct PartQueue<I> {
    pub(crate) parts: RefCell<I>,
    /// Signalled once, by the first worker that finds the queue empty.
    pub(crate) is_empty: Cell<Option<oneshot::Sender<()>>>,
}

pub(crate) struct PartWorkers<'a, P: Platform, J: Journal> {
    pub(crate) context: &'a TransferContext<'a, P>,
    pub(crate) journal: &'a JournalHandle<'a, J>,
    pub(crate) files: &'a [SendFile<P::File>],
    pub(crate) order: &'a [usize],
    pub(crate) objects: &'a [ObjectUpload<'a>],
}

impl<P: Platform, J: Journal> PartWorkers<'_, P, J> {
    /// What still has to be done, object after object: parts that the bucket lacks, or the end of an object that lacks none.
    pub(crate) fn all_parts(&self) -> impl Iterator<Item = (&ObjectUpload<'_>, Option<u32>)> {
        let open = self.objects.iter().filter(|object| !object.committed.get());
        open.flat_map(|object| {
            let missing = (1..=object.plan.part_count()).filter(|part| !object.upload.is_sent(*part));
            let ending = (object.left.get() == 0).then_some((object, None));
            missing.map(move |part| (object, Some(part))).chain(ending)
        })
    }

    /// Bytes that an earlier run sent count from the start, and not as speed.
    pub(crate) fn count_what_is_there(&self) {
        let mut progress = self.context.progress.borrow_mut();
        for object in self.objects {
            let sent = (1..=object.plan.part_count()).filter(|part| object.upload.is_sent(*part));
            for run in sent.flat_map(|part| object.planned.sources(object.plan.content_of_part(part))) {
                progress.add(self.order[run.file], run.len);
            }
        }
    }

    /// Sends parts until there is none. The worker that sends the last one of an object completes it.
    pub(crate) async fn worker<'a>(
        &'a self,
        queue: &PartQueue<impl Iterator<Item = (&'a ObjectUpload<'a>, Option<u32>)>>,
    ) -> Result<(), TransferError> {
        loop {
            // While the person pauses, nothing new starts.
            self.context.control.running().await;
            let next = queue.parts.borrow_mut().next();
            let Some((object, part)) = next else {
                // The receiver is gone where the keys could not be made.
                queue.is_empty.take().map(|signal| signal.send(()));
                return Ok(());
            };
            if let Some(part) = part {
                self.send_part(object, part).await?;
                object.left.set(object.left.get() - 1);
            }
            if object.left.get() == 0 {
                self.finish(object).await?;
            }
        }
    }

    /// The end of an object. Its files must still be what they were when it was begun.
    async fn finish(&self, object: &ObjectUpload<'_>) -> Result<(), TransferError> {
        // Its parts must be written down by then: past this the bucket shows none to compare with.
        let (now, ()) = try_join(
            digest_sources(self.context.platform, self.files, core::iter::once(&object.planned)),
            self.journal.flush(),
        )
        .await?;
        if now != [object.digest] {
            let runs = object.planned.sources(0..object.planned.content_len);
            let file = runs.first().map(|run| self.files[run.file].path.clone());
            return Err(TransferError::SourceChanged {
                file: file.unwrap_or_default(),
            });
        }
        // What is sent once more has other digests, and must be written down as well.
        let again = async |part| {
            self.send_part(object, part).await?;
            self.journal.flush().await
        };
        object
            .upload
            .finish(self.context, object.plan.sealed_len(), again)
            .await?;
        object.committed.set(true);
        Ok(())
    }

    async fn send_part(&self, object: &ObjectUpload<'_>, part: u32) -> Result<(), TransferError> {
        let Range { start, end } = object.plan.content_of_part(part);
        let runs = object.planned.sources(start..end);
        let first_time = !object.upload.is_sent(part);
        let counted = if first_time {
            runs.iter().map(|run| (self.order[run.file], run.len)).collect()
        } else {
            vec![]
        };
        let job = self.context.progress.borrow_mut().begin(counted);
        let sealed_len = object.plan.sealed_part_len(part);
        let moved = |sealed: u64| self.context.progress.borrow().advance(job, sealed);
        let attempt = async || {
            let this = PartToSign {
                n: part,
                len: sealed_len,
            };
            let upcoming = (part + 1..=object.plan.part_count()).map(|n| PartToSign {
                n,
                len: object.plan.sealed_part_len(n),
            });
            let url = object.upload.address(self.context.platform, this, upcoming).await?;
            let extents = runs
                .iter()
                .map(|run| SourceExtent {
                    file: self.files[run.file].handle.clone(),
                    offset: run.offset,
                    len: run.len,
                })
                .collect();
            let job = PartJob {
                object: Arc::clone(&object.plan),
                part,
                extents,
                url,
                sealed_len,
            };
            let object_id = object.plan.object_id();
            object.seal_budget.reserve(self.journal, object_id, sealed_len).await?;
            match self.context.platform.seal_and_send(job, &moved).await {
                Ok(sent) => Ok(sent),
                Err(error) => Err(object.upload.explain(self.context.platform, error).await),
            }
        };
        let sent = self
            .context
            .retry_moving(job, attempt, || object.upload.forget_address(part))
            .await?;
        self.journal.part(object.plan.object_id(), part, &sent)?;
        object.upload.keep(part, sent);
        self.context.progress.borrow_mut().acknowledge(job);
        Ok(())
    }
}
