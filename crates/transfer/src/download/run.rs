//! Receiving: a claim taken by a click, ranges a few ahead, each file written in order, the whole compared with
//! `tag_root` before a file gets its name, the claim committed last.
//!
//! Each step that was written is a checkpoint. Where the platform keeps them, a later run goes on behind the last one
//! with the same claim; how an interruption ends the claim, and why, is in `docs/design/adr/0007-resuming-downloads.md`.

use core::{cell::Cell, time::Duration};
use std::collections::BTreeMap;

use futures::{
    future::{Either, select},
    pin_mut,
};
use sealdrop_api::{ClaimId, ProblemType, SealedBytes, claims::ReleaseReason};
use sealdrop_model::{Receipt, Selection, Stage};

use super::{
    checkpoint::Checkpoint,
    claim::{Claim, make_claim_id},
    options::ReceiveOptions,
    plan::DownloadPlan,
    resume::{Resume, ResumeMode},
    steps::Receiving,
};
use crate::{
    engine::{context::TransferContext, control::Control, events::DownloadEvent, progress::Progress},
    error::TransferError,
    link::open::OpenedLink,
    platform::{
        Platform,
        sinks::{Sink, Sinks},
    },
};

/// Events of files of an archive in a row; other tasks may run after them.
const EVENTS_AT_ONCE: usize = 200;

/// Downloads files of an opened link into sinks.
///
/// When it fails or is stopped, unfinished sinks are aborted and the place on the link is given back. If a later run can
/// go on ([`ReceiveOptions::resume_mode`]), at least one step was written, and what went wrong may pass, the sinks are left
/// instead and the place is kept: the next run asks for the same one, and its lease ends by itself if there is none.
///
/// # Errors
/// [`TransferError`]: the first that did not pass. [`TransferError::StartOver`] comes before anything was asked or
/// touched.
pub async fn download<P: Platform, S: Sinks<Chunk = P::Chunk>>(
    platform: &P,
    link: &OpenedLink,
    selection: Selection,
    sinks: &mut S,
    options: ReceiveOptions,
    control: &Control,
    events: &dyn Fn(DownloadEvent),
) -> Result<Receipt, TransferError> {
    let started = platform.now();
    let in_archive = sinks.is_archive();
    let plan = DownloadPlan::new(link, &selection, in_archive)?;
    let total = plan.selected.iter().map(|file| link.files[*file].len).sum();
    let emit = |progress| events(DownloadEvent::Progress(progress));
    let progress = Progress::new(link.files.iter().map(|file| Some(file.len)), Some(total));
    let context = TransferContext::new(
        platform,
        control,
        progress,
        (options.concurrency, options.concurrency),
        &emit,
    );
    // An archive is one stream: it has no middle to go on from.
    let keeps = options.resume_mode != ResumeMode::Disabled && !in_archive;
    let (before, is_resumed) = match options.resume_mode {
        ResumeMode::Resume(_) if in_archive => return Err(TransferError::StartOver),
        ResumeMode::Resume(resume) => (resume, true),
        ResumeMode::Disabled | ResumeMode::Fresh => {
            let claim_id = options.place.map_or_else(make_claim_id, Ok)?;
            (Resume::new(claim_id, plan.fingerprint(link)), false)
        }
    };
    let written = before.fit(link, &plan)?;
    let run = Run {
        context: &context,
        link,
        plan: &plan,
        before: &before,
        is_resumed,
        had_claim: is_resumed || options.place.is_some(),
        keeps,
        in_archive,
        events,
        steps: Cell::new(before.steps),
        records: Cell::new(None),
    };
    run.count_written(written);
    let renewed = |claim_id| run.on_renewed(claim_id);
    let claim = Claim::new(link, before.claim_id, &renewed);
    let mut open = BTreeMap::new();
    context.emit_progress();
    let work = run.receive(&claim, sinks, &mut open, options.concurrency.max(1));
    let result = context.run(work).await;
    // What is saved is proven: neither a server that went away at the last moment nor a person who does not wait for it
    // takes anything of it back. Nor is its place given back then: a release would say that the download failed, and may
    // meet a commit on its way. Its lease ends by itself.
    let counted = result.is_ok();
    let result = run.records.get().map_or(result.map(|()| 0), Ok);
    let is_kept = run.is_kept(&result, control);
    run.close_sinks(sinks, open, result.is_err(), is_kept).await;
    match result {
        Ok(records) => {
            run.finish(counted).await;
            Ok(Receipt {
                files: plan.selected.len(),
                plain_bytes: total,
                took: platform.now().saturating_sub(started),
                records,
                counted,
                archive: None,
            })
        }
        Err(error) => {
            run.fail(&claim, &error, is_kept).await;
            Err(error)
        }
    }
}

/// One run of a download.
struct Run<'a, P: Platform> {
    context: &'a TransferContext<'a, P>,
    link: &'a OpenedLink,
    plan: &'a DownloadPlan,
    /// What earlier runs left.
    before: &'a Resume,
    is_resumed: bool,
    /// Whether this device may have the claim already.
    had_claim: bool,
    /// Whether a later run can resume this one.
    keeps: bool,
    in_archive: bool,
    events: &'a dyn Fn(DownloadEvent),
    /// Steps that were written, by this run and those before.
    steps: Cell<u64>,
    /// How many records were opened, once everything is saved and proven.
    records: Cell<Option<u64>>,
}

impl<P: Platform> Run<'_, P> {
    fn keep(&self, checkpoint: Checkpoint) {
        if let Checkpoint::Written { step, .. } = checkpoint {
            self.steps.set(step + 1);
        }
        if self.keeps {
            (self.events)(DownloadEvent::Checkpoint(checkpoint));
        }
    }

    fn on_renewed(&self, claim_id: ClaimId) {
        (self.events)(DownloadEvent::Claim(Some(claim_id)));
        self.keep(Checkpoint::Claimed { claim_id });
    }

    /// Counts what earlier runs wrote.
    fn count_written(&self, written: Vec<u64>) {
        let mut progress = self.context.progress.borrow_mut();
        for (file, written) in self.plan.selected.iter().zip(written) {
            progress.add(*file, written);
            if self.before.finished.contains(file) {
                progress.finish_file(*file);
            }
        }
    }

    fn enter(&self, stage: Stage) {
        self.context.progress.borrow_mut().enter(stage);
        self.context.emit_progress();
    }

    /// Takes the claim, reads and saves everything, and commits.
    async fn receive<S: Sinks<Chunk = P::Chunk>>(
        &self,
        claim: &Claim<'_>,
        sinks: &mut S,
        open: &mut BTreeMap<usize, S::Sink>,
        concurrency: usize,
    ) -> Result<(), TransferError> {
        let claim_id = self.before.claim_id;
        (self.events)(DownloadEvent::Claim(Some(claim_id)));
        if !self.is_resumed {
            let plan = SealedBytes(self.plan.fingerprint(self.link).to_vec());
            self.keep(Checkpoint::Begun { claim_id, plan });
        }
        if self.had_claim {
            claim.take_again(self.context).await?;
        } else {
            claim.take(self.context).await?;
        }
        self.enter(Stage::Moving);
        let keep = |checkpoint| self.keep(checkpoint);
        let receiving = Receiving {
            context: self.context,
            link: self.link,
            claim,
            plan: self.plan,
            events: self.events,
            in_archive: self.in_archive,
            keep: &keep,
            before: self.before,
        };
        let records = {
            let reading = receiving.read(&mut *sinks, open, concurrency);
            let renewing = claim.keep(self.context.platform);
            pin_mut!(reading, renewing);
            match select(reading, renewing).await {
                Either::Left((records, _)) => records?,
                Either::Right((never, _)) => never?,
            }
        };
        self.enter(Stage::Finishing);
        sinks.close().await?;
        self.records.set(Some(records));
        claim.commit(self.context).await
    }

    /// Whether what was written is kept for a later run.
    fn is_kept(&self, result: &Result<u64, TransferError>, control: &Control) -> bool {
        self.keeps && self.steps.get() > 0 && result.as_ref().is_err_and(|error| may_pass(error, control))
    }

    /// Suspends or aborts what is unfinished.
    async fn close_sinks<S: Sinks<Chunk = P::Chunk>>(
        &self,
        sinks: &mut S,
        open: BTreeMap<usize, S::Sink>,
        failed: bool,
        is_kept: bool,
    ) {
        for (_, sink) in open {
            if is_kept {
                sink.suspend().await;
            } else {
                sink.abort().await;
            }
        }
        if failed && !is_kept {
            sinks.abort().await;
        }
    }

    /// Emits what ends a download that is saved.
    async fn finish(&self, counted: bool) {
        for (number, file) in self.plan.selected.iter().filter(|_| self.in_archive).enumerate() {
            if number > 0 && number.is_multiple_of(EVENTS_AT_ONCE) {
                self.context.platform.sleep(Duration::ZERO).await;
            }
            self.context.progress.borrow_mut().finish_file(*file);
            let proof = self.plan.proof(*file);
            (self.events)(DownloadEvent::FileDone { index: *file, proof });
        }
        self.keep(Checkpoint::Over);
        if counted {
            (self.events)(DownloadEvent::Claim(None));
        }
        self.context.emit_progress();
    }

    /// Releases the claim of a download that failed, unless a later run goes on with it.
    async fn fail(&self, claim: &Claim<'_>, error: &TransferError, is_kept: bool) {
        if !is_kept {
            let reason = match error {
                TransferError::Cancelled => ReleaseReason::Cancelled,
                _ => ReleaseReason::Failed,
            };
            if claim.is_taken() {
                claim.give_back(self.context.platform, reason).await;
            }
            (self.events)(DownloadEvent::Claim(None));
            self.keep(Checkpoint::Over);
        }
        self.context.emit_progress();
    }
}

/// Whether a later run may fare better with the same bytes: the person left, the network or the disk failed, or the
/// server was busy. What was altered, and a link that ended for good, is none of these.
fn may_pass(error: &TransferError, control: &Control) -> bool {
    match error {
        TransferError::Cancelled => !control.is_cancelled(),
        TransferError::Problem { problem, .. } => !matches!(
            problem.kind,
            ProblemType::LinkNotFound | ProblemType::LinkExpired | ProblemType::LinkRevoked | ProblemType::LinkRemoved
        ),
        TransferError::Unreachable
        | TransferError::Status { .. }
        | TransferError::Bucket { .. }
        | TransferError::DiskFull { .. }
        | TransferError::SaveRefused { .. }
        | TransferError::Device { .. } => true,
        _ => false,
    }
}
